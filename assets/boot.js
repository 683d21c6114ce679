// Brings everything that Python needs into the page before Python is awake: all at once, with a
// progress bar, and checked against its SHA-256. PyScript and Pyodide then ask for files as ever,
// through fetch, and are answered with the very bytes that were checked.

const HERE = new URL("../", import.meta.url);
const SCRIPTS = new URL("assets/", HERE);
const VENDOR = new URL("assets/vendor/", HERE);
const MNIST = new URL("assets/mnist/", HERE);
const CONFIG = new URL("py/pyscript.toml", HERE);
const PACKAGES = new URL("py/python.zip", HERE);
const MAIN = new URL("py/main.py", HERE);

const network = window.fetch.bind(window);

// What went wrong

const isLoading = () => document.body.dataset.state === "loading";

const tell = (sentence) => {
  document.getElementById("notice").hidden = false;
  document.getElementById("message").textContent = sentence;
};

/** Ends the start in one sentence; once training runs, errors are Python's to tell. */
const fail = (sentence) => {
  if (!isLoading()) return;
  document.body.dataset.state = "failed";
  tell(sentence);
};

/** Of a Python traceback the last line says what is wrong. */
const lastLine = (text) => text.trim().split("\n").at(-1);

const explain = (error) => {
  const reason = lastLine(String(error?.message ?? error));
  fail(`The page could not start: ${reason}${/[.?!]$/.test(reason) ? "" : "."}`);
};

/** A Python traceback: where it ends in the page's own code, and what is wrong there. */
const explainPython = (error) => {
  const traceback = String(error?.message ?? error);
  const places = [...traceback.matchAll(/"\/home\/pyodide\/(.+?)", line (\d+)/g)];
  const place = places.length ? `${places.at(-1)[1]}, line ${places.at(-1)[2]}: ` : "";
  explain(place + lastLine(traceback));
};

/** Whether an error is one of the page's scripts, PyScript and Pyodide among them: what else runs
 * in a page, such as a browser's extensions, has errors that do not end the start. */
const isOurs = (place) => String(place).includes(SCRIPTS.href);

const watchErrors = () => {
  addEventListener("error", ({ error, message, filename }) => {
    if (isOurs(filename) || isOurs(error?.stack)) explain(error ?? message);
  });
  addEventListener("unhandledrejection", ({ reason }) => {
    if (isOurs(reason?.stack)) explain(reason);
  });
  const onScriptError = ({ target }) => {
    // One with a hash is asked for below, where it is told.
    if (target instanceof HTMLScriptElement && isOurs(target.src) && !target.integrity) {
      explain(`${new URL(target.src).pathname} could not be loaded`);
    }
  };
  addEventListener("error", onScriptError, { capture: true });
};

/** Reading the rules of a stylesheet that never came throws. */
const hasRules = ({ sheet }) => {
  try {
    return sheet.cssRules.length > 0;
  } catch {
    return false;
  }
};

/** The page works without its looks, and says that they are missing. */
const checkStylesheets = () => {
  const [own, ...vendored] = [...document.querySelectorAll("link[rel=stylesheet]")].reverse();
  const isWhole = getComputedStyle(document.documentElement).getPropertyValue("--whole");
  const lost = vendored.find((link) => !hasRules(link)) ?? (isWhole ? null : own);
  if (lost && isLoading()) {
    tell(`${new URL(lost.href).pathname} did not come as it should, so the page looks odd: reload.`);
  }
};

// How much has come, and what is waited for

const status = document.getElementById("loading-status");
const bar = document.getElementById("loading-progress");
const PATIENCE_MS = 30_000;
const awaited = new Set();
let patience;
let received = 0;
let total = Infinity; // until it is known

const megabytes = (number) => (number / 1e6).toFixed(1);

const progress = () => {
  if (total === Infinity) return "Loading…";
  if (received < total) {
    return `Loading Python and NumPy: ${megabytes(received)} of ${megabytes(total)} MB`;
  }
  return "Starting Python…";
};

const tellWhatIsAwaited = () => {
  const [first = "Python"] = awaited;
  status.textContent =
    `Nothing has come for ${PATIENCE_MS / 1000} seconds. The page still waits for ${first}: ` +
    "if it does not go on, check the connection and reload.";
};

/** The start has gone on, so nothing is said of waiting for a while. */
const goOn = () => {
  status.textContent = progress();
  clearTimeout(patience);
  patience = setTimeout(tellWhatIsAwaited, PATIENCE_MS);
};

const count = (bytes) => {
  received += bytes;
  bar.max = total;
  bar.value = received;
  goOn();
};

/** Passes a promise on, and knows until it is settled that its file is waited for. */
const awaiting = (url, promise) => {
  awaited.add(url.pathname);
  const settle = () => {
    awaited.delete(url.pathname);
    goOn();
  };
  promise.then(settle, settle);
  return promise;
};

// Fetching, with a check

/** How the page's hints ask: only so does every browser use what they have brought. */
const AS_HINTED = { mode: "no-cors", credentials: "include" };

const fetchAnswer = (url, options = {}) =>
  network(url, options).catch(() => {
    throw new Error(`${url.pathname} could not be loaded, so check the connection and reload`);
  });

const fetchResponse = async (url, options) => {
  const response = await fetchAnswer(url, options);
  if (!response.ok) {
    throw new Error(`${url.pathname} could not be loaded (status ${response.status})`);
  }
  return response;
};

/** An answer whose body has come. */
const whole = async (response) => new Response(await response.arrayBuffer(), response);

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
const addVerified = (element, url, { sha256, size }) => {
  const added = new Promise((resolve, reject) => {
    element.integrity = toIntegrity(sha256);
    element.onload = () => {
      count(size);
      resolve();
    };
    element.onerror = () =>
      reject(new Error(`${url.pathname} is missing, or its SHA-256 is not what it should be`));
    document.head.append(element);
  });
  return awaiting(url, added);
};

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
  ahead.set(url.href, awaiting(url, response));
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

/** The page's own Python, which PyScript asks for only when the interpreter is awake. */
const fetchOwnAhead = () => {
  const packages = fetchAnswer(PACKAGES).then((response) => {
    if (response.ok) return whole(response);
    throw new Error(
      `${PACKAGES.pathname} is not there; “python3 serve.py” serves it, and “serve.py --build” ` +
        "publishes it",
    );
  });
  answerAheadOrFail(PACKAGES, packages);
  answerAheadOrFail(MAIN, fetchResponse(MAIN).then(whole));
};

/** What PyScript reads before it starts Python; it has to wait until all scripts are checked. */
const fetchConfig = async (scriptsChecked) => {
  const config = await fetchResponse(CONFIG).then(whole);
  await scriptsChecked;
  return config;
};

/** The first digits, which Python checks. */
const fetchDigitsAhead = async () => {
  const url = new URL("manifest.json", MNIST);
  const manifest = network(url).then(whole);
  answerAhead(url, manifest.then((response) => response.clone()));
  const { train } = await (await manifest).json();
  const first = new URL(train[0].file, MNIST);
  if (first.href.startsWith(MNIST.href)) answerAhead(first, network(first).then(whole));
};

/** The address, size and SHA-256 of each file in a manifest.
 *
 * Throws whatever comes of a manifest that is none. */
const readManifest = ({ files }) =>
  Object.entries(files).map(([name, { size, sha256 }]) => {
    const url = new URL(name, VENDOR);
    const isSound =
      url.href.startsWith(VENDOR.href) &&
      Number.isSafeInteger(size) &&
      size >= 0 &&
      /^[0-9a-f]{64}$/.test(sha256);
    if (!isSound) throw new TypeError(name);
    return [url, { size, sha256 }];
  });

/** What the page cannot do without, in the order in which it is asked for. */
const NEEDED = {
  data: [
    /\/pyodide\.asm\.wasm$/,
    /\/pyodide-lock\.json$/,
    /\/python_stdlib\.zip$/,
    /\/numpy.*\.whl$/,
  ],
  pyscript: [/\/pyscript\/core\.js$/, /\/pyscript\/(?!core\.js).*\.js$/],
  pyodide: [/\/pyodide\.mjs$/, /\/pyodide\.asm\.mjs$/],
  scripts: [/\/uplot\/.*\.js$/],
};

const loadManifest = async () => {
  const url = new URL("manifest.json", VENDOR);
  const response = await awaiting(url, fetchAnswer(url, AS_HINTED).then(whole));
  if (!response.ok) {
    throw new Error("assets/vendor is not there yet; run “python3 serve.py”, which prepares it");
  }
  const files = await response.json().then(readManifest).catch(() => []);
  const named = (pattern) => {
    const found = files.filter(([{ pathname }]) => pattern.test(pathname));
    if (found.length) return found;
    throw new Error(`${url.pathname} is damaged; run “python3 serve.py”, which writes it anew`);
  };
  return Object.fromEntries(
    Object.entries(NEEDED).map(([kind, patterns]) => [kind, patterns.flatMap(named)]),
  );
};

// What the browser allows

/** Refuses where Python cannot run, before anything is loaded for it. */
const checkBrowser = () => {
  if (window.origin === "null") {
    throw new Error("it is in a frame without an origin, so open it in a window of its own");
  }
  if (typeof WebAssembly !== "object") {
    throw new Error("this browser has no WebAssembly, or has it switched off");
  }
  try {
    new Function();
    new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  } catch {
    throw new Error(
      "a Content-Security-Policy keeps Python from running, so the site's or the frame's has to " +
        "allow “script-src 'self' 'unsafe-eval'”",
    );
  }
};

/** A stand-in for IndexedDB that holds nothing and keeps nothing. */
const emptyStore = () => {
  const answer = (result) => {
    const request = { result };
    queueMicrotask(() => request.onsuccess({ target: request }));
    return request;
  };
  const store = { getAllKeys: () => answer([]), clear: () => answer() };
  const database = { transaction: () => ({ objectStore: () => store }), close() {} };
  return { open: () => answer(database) };
};

/** Lets PyScript see an empty store, and returns what takes it away. PyScript keeps packages in
 * IndexedDB and waits for it, though here it has none to keep; where site data are blocked, or in
 * another site's frame, it would wait in vain. */
const lendEmptyStore = () => {
  const own = Object.getOwnPropertyDescriptor(window, "indexedDB");
  Reflect.defineProperty(window, "indexedDB", { value: emptyStore(), configurable: true });
  return () => {
    if (own) Reflect.defineProperty(window, "indexedDB", own);
    else Reflect.deleteProperty(window, "indexedDB");
  };
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
  goOn();
  checkBrowser();
  const { data, pyscript, pyodide, scripts } = await loadManifest();
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
  fetchOwnAhead();
  fetchDigitsAhead().catch(() => {}); // Python asks again, and tells
  speakSomeLanguage();
  await pyscriptChecked;
  // PyScript starts while the rest is still coming: each fetch waits for its own file alone.
  const takeStoreAway = lendEmptyStore();
  const { hooks, config } = await import(new URL("pyscript/core.js", VENDOR));
  if (!config.py?.interpreter) {
    throw new Error(`${CONFIG.pathname} is not the configuration that it should be`);
  }
  hooks.main.onReady.add(({ io }) => {
    takeStoreAway();
    const { stderr } = io;
    io.stderr = (error, ...rest) => {
      explainPython(error);
      stderr(error, ...rest);
    };
  });
  hooks.main.onAfterRunAsync.add(() => explain("py/main.py ended too early"));
};

watchErrors();
addEventListener("load", checkStylesheets);
addEventListener("py:progress", goOn);

start().catch(explain);
