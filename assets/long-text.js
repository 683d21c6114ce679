// Texts of many megabytes would hold the page up on their way between it and Python; so they go in
// pieces.

const decoder = new TextDecoder();
const encoder = new TextEncoder();

window.longText = {
  /** A field's text in pieces of so many characters. */
  *piecesOf(field, length) {
    const text = field.value;
    for (let start = 0; start < text.length; start += length) {
      yield text.slice(start, start + length);
    }
  },

  /** Adds a piece, which comes as bytes, to an array of them. */
  add(pieces, bytes) {
    pieces.push(decoder.decode(bytes));
  },

  /** Makes an array of pieces a field's text. */
  fill(field, pieces) {
    field.value = pieces.join("");
  },

  /** Keeps a text, which comes as bytes, in this browser. */
  keep(name, bytes) {
    localStorage.setItem(name, decoder.decode(bytes));
  },

  /** A text that is kept in this browser, as bytes; nothing if there is none. */
  kept(name) {
    const text = localStorage.getItem(name);
    return text === null ? undefined : encoder.encode(text);
  },
};
