// Asks the browser for a file of the visitor's, and writes it. What it refuses is said by the name of
// its error: Python takes a QuotaExceededError for none, and would wait for its promise for ever.

window.saving = {
  // Resolves to {handle} or {refused}.
  async choose(options) {
    try {
      return { handle: await window.showSaveFilePicker(options) };
    } catch ({ name }) {
      return { refused: name };
    }
  },

  // Writes all or nothing; resolves to "" or to why it is nothing.
  async write(handle, blob) {
    try {
      const stream = await handle.createWritable();
      await stream.write(blob);
      await stream.close();
      return "";
    } catch ({ name }) {
      return name;
    }
  },
};
