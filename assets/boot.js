// Brings everything that Python needs into the page before Python is awake: all at once, with a
// progress bar, and checked against its SHA-256. PyScript and Pyodide then ask for files as ever,
// through fetch, and are answered with the very bytes that were checked.

const HERE = new URL("../", import.meta.url);
const VENDOR = new URL("assets/vendor/", HERE);
const MNIST = new URL("assets/mnist/", HERE);
const CONFIG = new URL("py/pyscript.toml", HERE);

const network = window.fetch.bind(window);

// What went wrong

/** Ends the start in one sentence; once training runs, errors are Python's to tell. */
const fail = (sentence) => {
  if (document.body.dataset.state !== "loading") return;
  document.body.dataset.state = "failed";
  document.getElementById("message").textContent = sentence;
  document.getElementById("notice").hidden = false;
};

/** Of a Python traceback the last line says what is wrong. */
const lastLine = (text) => text.trim().split("\n").at(-1).replace(/\.$/, "");

const explain = (error) =>
  fail(`The page could not start: ${lastLine(String(error?.message ?? error))}.`);

// How much has come

const status = document.getElementById("loading-status");
const bar = document.getElementById("loading-progress");
let received = 0;
let total = 0;

const count = (bytes) => {
  received += bytes;
  bar.max = total;
  bar.value = received;
  const megabytes = (number) => (number / 1e6).toFixed(1);
  status.textContent =
    received < total
      ? `Loading Python and NumPy: ${megabytes(received)} of ${megabytes(total)} MB`
      : "Starting Python…";
};

// Fetching, with a check

/** How the page's hints ask: only so does every browser use what they have brought. */
const AS_HINTED = { mode: "no-cors", credentials: "include" };

const fetchResponse = async (url, options = {}) => {
  const response = await network(url, options).catch(() => {
    throw new Error(`${url.pathname} could not be loaded, so check the connection and reload`);
  });
  if (!response.ok) {
    throw new Error(`${url.pathname} could not be loaded (status ${response.status})`);
  }
  return response;
};

/** The whole body, counted as it comes. */
const readCounting = async (response) => {
  const chunks = [];
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    count(value.length);
  }
  return new Blob(chunks).arrayBuffer();
};

const toHex = (buffer) =>
  [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const toIntegrity = (hex) =>
  `sha256-${btoa(String.fromCharCode(...hex.match(/../g).map((byte) => parseInt(byte, 16))))}`;

/** A file that is as the manifest has it. Outside a secure context there is no digest to
 * compute, and the browser's own integrity check stands in. */
const fetchVerified = async (url, sha256, cache = "default") => {
  const digest = globalThis.crypto?.subtle;
  const integrity = digest ? "" : toIntegrity(sha256);
  const response = await fetchResponse(url, { ...AS_HINTED, cache, integrity });
  const bytes = await readCounting(response);
  if (!digest || toHex(await digest.digest("SHA-256", bytes)) === sha256) {
    const type = response.headers.get("Content-Type");
    return new Response(bytes, { headers: { "Content-Type": type } });
  }
  if (cache === "reload") {
    throw new Error(`${url.pathname} is not the file it should be: its SHA-256 differs`);
  }
  count(-bytes.byteLength);
  return fetchVerified(url, sha256, "reload"); // a cache may have kept an older version's
};

/** Adds an element that loads a script, which the browser checks. */
const addVerified = (element, url, { sha256, size }) =>
  new Promise((resolve, reject) => {
    element.integrity = toIntegrity(sha256);
    element.onload = () => {
      count(size);
      resolve();
    };
    element.onerror = () =>
      reject(new Error(`${url.pathname} is missing, or its SHA-256 is not what it should be`));
    document.head.append(element);
  });

const addScript = (url, file) =>
  addVerified(Object.assign(document.createElement("script"), { src: url }), url, file);

/** Puts a module where import() will find it. */
const preloadModule = (url, file) =>
  addVerified(
    Object.assign(document.createElement("link"), { rel: "modulepreload", href: url }),
    url,
    file,
  );

// What others will ask for

const ahead = new Map();

/** Lets the next fetch of an address have an answer that is already on its way. */
const answerAhead = (url, response) => {
  ahead.set(url.href, response);
  response.catch(() => {}); // whoever asks is told
};

/** The same for what the page cannot start without. */
const answerAheadOrFail = (url, response) => {
  answerAhead(url, response);
  response.catch(explain);
};

window.fetch = (resource, options) => {
  const { href } = new URL(resource.url ?? resource, document.baseURI);
  const response = ahead.get(href);
  ahead.delete(href);
  return response ?? network(resource, options);
};

const fetchAhead = (url) => answerAhead(url, network(url));

/** An answer in any case: an empty one for a file that the page can do without. */
const fetchIfThere = (url) =>
  network(url)
    .then((response) => (response.ok ? response : new Response("")))
    .catch(() => new Response(""));

/** The page's own Python, which PyScript asks for only when the interpreter is awake. */
const fetchSourcesAhead = (config) => {
  for (const [, path] of config.matchAll(/^"([^"]+)" = /gm)) {
    const url = new URL(path, CONFIG);
    // Without its kernels the page computes in NumPy.
    if (path.endsWith(".wasm")) answerAhead(url, fetchIfThere(url));
    else fetchAhead(url);
  }
  fetchAhead(new URL("autoencoder/main.py", CONFIG));
};

/** What PyScript reads before it starts Python; it has to wait until all scripts are checked. */
const fetchConfig = async (scriptsChecked) => {
  const config = await (await fetchResponse(CONFIG)).text();
  fetchSourcesAhead(config);
  await scriptsChecked;
  return new Response(config);
};

/** The first digits, which Python checks. */
const fetchDigitsAhead = async () => {
  const url = new URL("manifest.json", MNIST);
  const response = await network(url);
  answerAhead(url, Promise.resolve(response.clone()));
  const { train } = await response.json();
  fetchAhead(new URL(train[0].file, MNIST));
};

const loadManifest = async () => {
  const response = await network(new URL("manifest.json", VENDOR), AS_HINTED);
  if (!response.ok) {
    throw new Error("assets/vendor is not there yet; run “python3 serve.py”, which prepares it");
  }
  return (await response.json()).files;
};

/** The graph writes its numbers in the browser's language, which need not be one: WebKitGTK's is
 * "C" where the system's is. */
const speakSomeLanguage = () => {
  try {
    new Intl.NumberFormat(navigator.language);
  } catch {
    Object.defineProperty(navigator, "language", { value: "en-US" });
  }
};

const start = async () => {
  if (typeof WebAssembly !== "object") {
    throw new Error("this browser has no WebAssembly, or has it switched off");
  }
  const files = Object.entries(await loadManifest()).map(([name, file]) => [
    new URL(name, VENDOR),
    file,
  ]);
  const named = (pattern) => files.filter(([url]) => pattern.test(url.pathname));
  const data = named(/\/pyodide\/(pyodide.*\.(wasm|json)|python_stdlib\.zip|numpy.*\.whl)$/);
  const pyscript = named(/\/pyscript\/.*\.js$/);
  const pyodide = named(/\/pyodide\/.*\.mjs$/);
  const scripts = named(/\/uplot\/.*\.js$/);
  const all = [...data, ...pyscript, ...pyodide, ...scripts];
  total = all.reduce((sum, [, { size }]) => sum + size, 0);
  count(0);

  for (const [url, { sha256 }] of data) {
    answerAheadOrFail(url, fetchVerified(url, sha256));
  }
  const pyscriptChecked = Promise.all(pyscript.map(([url, file]) => preloadModule(url, file)));
  const othersChecked = Promise.all([
    ...pyodide.map(([url, file]) => preloadModule(url, file)),
    ...scripts.map(([url, file]) => addScript(url, file)),
  ]);
  othersChecked.catch(explain); // at once, even if the configuration never comes
  answerAheadOrFail(CONFIG, fetchConfig(othersChecked));
  fetchDigitsAhead().catch(() => {}); // Python asks again, and tells
  speakSomeLanguage();
  await pyscriptChecked;
  // PyScript starts while the rest is still coming: each fetch waits for its own file alone.
  const { hooks } = await import(new URL("pyscript/core.js", VENDOR));
  hooks.main.onReady.add(({ io }) => {
    const { stderr } = io;
    io.stderr = (error, ...rest) => {
      explain(error);
      stderr(error, ...rest);
    };
  });
};

addEventListener("error", ({ message }) => explain(message));
addEventListener("unhandledrejection", ({ reason }) => explain(reason));

start().catch(explain);
