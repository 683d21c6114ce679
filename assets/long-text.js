// Texts of many megabytes would hold the page up on their way between it and Python; so they go in
// pieces.

const decoder = new TextDecoder();

window.longText = {
  /** A field's text in pieces of about so many characters. */
  *piecesOf(field, length) {
    const text = field.value;
    for (let start = 0, end; start < text.length; start = end) {
      end = start + length;
      if (text.codePointAt(end - 1) > 0xffff) end += 1; // a character has two halves
      yield text.slice(start, end);
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
};
