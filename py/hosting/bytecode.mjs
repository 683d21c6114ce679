// Compiles archives of Python with the Pyodide of a folder, in Node.js:
//   node bytecode.mjs LOCK_FILE_CONTENTS PYODIDE_FOLDER OUTPUT_FOLDER HOME ARCHIVE…

import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

const [lock, folder, output, home, ...archives] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")));
const pyodide = await loadPyodide({ indexURL: folder, lockFileContents: JSON.parse(lock) });
pyodide.runPython(readFileSync(new URL("compile_archive.py", import.meta.url), "utf8"));
const compileArchive = pyodide.globals.get("compile_archive");
for (const path of archives) {
  const compiled = compileArchive(pyodide.toPy(new Uint8Array(readFileSync(path))), home);
  writeFileSync(join(output, basename(path)), compiled.toJs());
}
