// Sentences for the person at the page: what was done, what failed, what came in.
import { byId, el, fill } from "./dom.js";

let hiding;

// What was done; gone after a while.
export function notify(text) {
  const notice = byId("notice");
  notice.textContent = text;
  notice.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { notice.hidden = true; }, 8000);
}

// What failed; stays until it is read.
export function complain(error) {
  const problem = byId("problem");
  fill(problem,
    el("span", {}, `That did not work: ${error.message ?? error}`),
    el("button", { type: "button", class: "quiet", onclick: () => { problem.hidden = true; } }, "Dismiss"));
  problem.hidden = false;
}

export const attempt = (work) => Promise.resolve().then(work).catch(complain);

// What came in, for those who hear the page.
export function announce(text) { byId("arrivals").textContent = text; }
