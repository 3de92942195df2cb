// The state of a long job, as it goes: server-sent events, or asking once a second where they fail.
import { get, projectId } from "./api.js";

/** @typedef {import("./types.js").Job} Job */

export const ACTIVE = ["queued", "running", "paused"];
const POLL_MS = 1000;
const QUIET_MS = 15000; // the program tells its state every five seconds: a stream that is silent for longer is dead
const POLLS = 20; // answers between two tries to have a stream, where the last one never told anything

/**
 * Call `onJob` with every new state until the job has come to an end.
 * @param {(job: Job) => void} onJob
 * @param {(error: unknown) => void} [onLost] why the program gives no state, or null as soon as it does again
 * @returns {() => void} stop following
 */
export function follow(onJob, onLost = () => {}) {
  const url = `/api/project/${projectId()}/job`;
  let over = false;
  let timer = 0;
  let polls = 0;
  /** @type {?EventSource} */
  let source = null;

  const hangUp = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const stop = () => {
    over = true;
    hangUp();
    removeEventListener("pagehide", stop);
  };
  const take = (/** @type {Job} */ job) => {
    if (over) return;
    onLost(null);
    onJob(job);
    if (!ACTIVE.includes(job.state)) stop();
  };
  const poll = async () => {
    if (over) return;
    try {
      take(await get(url, 8));
      polls -= 1;
    } catch (error) {
      if (!over) onLost(error);
    }
    if (over) return;
    if (polls <= 0) listen();
    else timer = setTimeout(poll, POLL_MS);
  };
  const listen = () => {
    if (over) return;
    let heard = false;
    const lost = () => {
      hangUp();
      polls = heard ? 1 : POLLS; // a stream that worked was cut by a sleep, or by its age: it is asked for anew
      poll();
    };
    source = new EventSource(`${url}/events`);
    source.onmessage = (event) => {
      heard = true;
      clearTimeout(timer);
      timer = setTimeout(lost, QUIET_MS);
      take(JSON.parse(event.data));
    };
    source.onerror = lost;
    timer = setTimeout(lost, QUIET_MS);
  };
  addEventListener("pagehide", stop); // an open stream would hold one of the server's few threads
  // One plain question first: most pages are opened when nothing is running, and need no stream.
  polls = 1;
  poll();
  return stop;
}
