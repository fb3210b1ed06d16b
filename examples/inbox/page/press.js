// Nothing on the page is replaced while a button is held down: the click would hit neither the old nor the new.
let held = Promise.resolve();
let release = () => {};

addEventListener("pointerdown", (event) => {
  release();
  if (event.button !== 0) return;
  held = new Promise((done) => { release = done; });
}, true);
// The click comes behind both.
for (const end of ["pointerup", "pointercancel", "contextmenu", "dragend", "blur"]) addEventListener(end, () => setTimeout(release), true);

// Waits until no button is held.
export const released = () => held;
