"use strict";
// Fills in the code of a personal link, and follows a notebook in the queue. Without it, one pastes the code, and reloads.
const code = document.querySelector("#code");
if (code && location.hash.length > 1) {
  code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}

const place = document.querySelector("output[data-follow]");
if (place) follow(place.dataset.follow, place.dataset.state);

async function follow(address, state) {
  for (let seconds = 1; ; ) {
    await new Promise((done) => setTimeout(done, 1000 * seconds));
    try {
      const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const now = await answer.json();
      if (now.state !== state) return location.reload();
      if (place.textContent !== now.sentence) place.textContent = now.sentence;
      seconds = now.seconds;
    } catch {
      seconds = Math.min(60, 2 * seconds);
    }
  }
}
