// A worker that wakes the page after so many milliseconds as it asks for. A hidden page is shown no
// frames and its own timers go slowly; a worker's go on.

onmessage = ({ data: ms }) => setTimeout(() => postMessage(null), ms);
