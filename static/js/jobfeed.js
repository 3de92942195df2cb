// The state of a long job, as it goes: server-sent events, or asking once a second where they fail.
import { get, projectId } from "./api.js";

/** @typedef {import("./types.js").Job} Job */

export const ACTIVE = ["queued", "running"];
const POLL_MS = 1000;

/**
 * Call `onJob` with every new state until the job has come to an end.
 * @param {(job: Job) => void} onJob
 * @param {(lost: boolean) => void} [onLost] true while the program can't be reached
 * @returns {() => void} stop following
 */
export function follow(onJob, onLost = () => {}) {
  const url = `/api/project/${projectId()}/job`;
  let over = false;
  let timer = 0;
  /** @type {?EventSource} */
  let source = null;

  const stop = () => {
    over = true;
    clearTimeout(timer);
    source?.close();
    removeEventListener("pagehide", stop);
  };
  const take = (/** @type {Job} */ job) => {
    if (over) return;
    onLost(false);
    onJob(job);
    if (!ACTIVE.includes(job.state)) stop();
  };
  const poll = async () => {
    if (over) return;
    try {
      take(await get(url, 8));
    } catch {
      if (!over) onLost(true);
    }
    if (!over) timer = setTimeout(poll, POLL_MS);
  };
  const listen = () => {
    if (over) return;
    source = new EventSource(`${url}/events`);
    source.onmessage = (event) => take(JSON.parse(event.data));
    source.onerror = () => {
      source?.close();
      poll();
    };
  };
  addEventListener("pagehide", stop); // an open stream would hold one of the server's few threads
  // One plain question first: most pages are opened when nothing is running, and need no stream.
  get(url)
    .then((job) => {
      take(job);
      listen();
    })
    .catch(() => {
      onLost(true);
      poll();
    });
  return stop;
}
