// Runs the repository's tests in a bare Pyodide with NumPy, in a worker so that the page answers.
import {loadPyodide} from "./vendor/pyodide.mjs";

const bytes = async (url) => (await fetch(url)).arrayBuffer();

try {
  const asked = new URLSearchParams(location.search);
  const [pyodide, archive, script] = await Promise.all([
    loadPyodide({packages: ["numpy"]}),
    bytes("checkout.zip"),
    fetch("run_tests.py").then((response) => response.text()),
  ]);
  pyodide.unpackArchive(archive, "zip", {extractDir: "/checkout"});
  const run = pyodide.runPython(script);
  postMessage(run(asked.get("files").split(","), asked.get("compute")));
} catch (error) {
  postMessage(JSON.stringify({error: String(error)}));
}
