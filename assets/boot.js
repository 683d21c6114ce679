// Brings the runtime into the page before Python is awake: fetches every vendored file at once,
// shows how much has come, checks each against its SHA-256, and only then lets PyScript have it.

const VENDOR = new URL("./vendor/", import.meta.url);
const network = window.fetch.bind(window);

const status = document.getElementById("loading-status");
const bar = document.getElementById("loading-progress");

let received = 0;
let total = 0;

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

const showProgress = () => {
  bar.max = total;
  bar.value = received;
  status.textContent =
    received < total
      ? `Loading Python and NumPy: ${megabytes(received)} of ${megabytes(total)} MB`
      : "Starting Python…";
};

/** Ends the start in one sentence; what is on the page from then on is only that. */
const fail = (sentence) => {
  if (document.body.dataset.state !== "loading") return;
  document.body.dataset.state = "failed";
  document.getElementById("message").textContent = sentence;
  document.getElementById("notice").hidden = false;
};

const base64 = (hex) => btoa(String.fromCharCode(...hex.match(/../g).map((byte) => parseInt(byte, 16))));

const digest = async (bytes) =>
  [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");

/** Reads a response's body and counts it as it comes. */
const readCounting = async (response) => {
  const chunks = [];
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    received += value.length;
    showProgress();
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
};

/** One file's bytes, verified. Without a secure context there is no digest, and the browser's own check serves. */
const fetchVerified = async (name, { sha256 }) => {
  const response = await network(
    new URL(name, VENDOR),
    crypto.subtle ? {} : { integrity: `sha256-${base64(sha256)}` },
  );
  if (!response.ok) throw new Error(`${name} is missing (status ${response.status})`);
  const bytes = await readCounting(response);
  if (crypto.subtle && (await digest(bytes)) !== sha256) {
    throw new Error(`${name} is not the file that this page was made with (its SHA-256 differs)`);
  }
  return { bytes, type: response.headers.get("Content-Type") ?? "" };
};

/** Puts a script into the page's module map, checked by the browser. */
const preloadModule = (name, { size, sha256 }) =>
  new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.href = new URL(name, VENDOR);
    link.integrity = `sha256-${base64(sha256)}`;
    link.onload = () => {
      received += size;
      showProgress();
      resolve();
    };
    link.onerror = () => reject(new Error(`${name} is missing, or its SHA-256 differs`));
    document.head.append(link);
  });

const loadScript = (name, { sha256 }) =>
  new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(name, VENDOR);
    script.integrity = `sha256-${base64(sha256)}`;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${name} is missing, or its SHA-256 differs`));
    document.head.append(script);
  });

const isModule = (name) => /^(pyodide|pyscript)\/.*\.m?js$/.test(name);
const isData = (name) => /^pyodide\/.*\.(wasm|zip|json|whl)$/.test(name);

const loadManifest = async () => {
  const response = await network(new URL("manifest.json", VENDOR));
  if (!response.ok) {
    throw new Error("assets/vendor is not there yet; run “python3 serve.py” once, which prepares it");
  }
  return (await response.json()).files;
};

const start = async () => {
  if (typeof WebAssembly !== "object") {
    throw new Error("this browser has no WebAssembly, or has it switched off");
  }
  const files = Object.entries(await loadManifest());
  const modules = files.filter(([name]) => isModule(name));
  const data = files.filter(([name]) => isData(name));
  total = [...modules, ...data].reduce((sum, [, { size }]) => sum + size, 0);
  showProgress();

  const verified = new Map(
    data.map(([name, file]) => [new URL(name, VENDOR).href, fetchVerified(name, file)]),
  );
  // What Pyodide asks for is answered with the very bytes that were checked.
  window.fetch = async (resource, options) => {
    const pending = verified.get(new URL(resource.url ?? resource, document.baseURI).href);
    if (!pending) return network(resource, options);
    const { bytes, type } = await pending;
    return new Response(bytes, { headers: { "Content-Type": type } });
  };
  const scripts = files.filter(([name]) => /^uplot\/.*\.js$/.test(name));
  await Promise.all([...modules.map(([name, file]) => preloadModule(name, file)), ...scripts.map(([name, file]) => loadScript(name, file))]);
  // PyScript starts while the rest is still coming: its fetches wait for their own file alone.
  const { hooks } = await import(new URL("pyscript/core.js", VENDOR));
  hooks.main.onReady.add(({ io }) => {
    const { stderr } = io;
    io.stderr = (error, ...rest) => {
      explain(error);
      stderr(error, ...rest);
    };
  });
  await Promise.all(verified.values());
};

/** A traceback's last line says what is wrong. */
const lastLine = (text) => text.trim().split("\n").at(-1).replace(/\.$/, "");

const explain = (error) => fail(`The page could not start: ${lastLine(String(error?.message ?? error))}.`);

addEventListener("error", ({ message }) => explain(message));
addEventListener("unhandledrejection", ({ reason }) => explain(reason));
document.getElementById("dismiss").addEventListener("click", () => {
  document.getElementById("notice").hidden = true;
});

start().catch(explain);
