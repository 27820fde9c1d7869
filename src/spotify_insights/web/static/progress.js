// Follows background work until it ends, then renews the parts of the page that may have changed.

const EVERY_MS = 1000;
const SLOWEST_MS = 10000;
const ENDED = new Set(["SUCCESS", "FAILURE", "REVOKED", "ready", "failed", "succeeded", "undone"]);
const number = new Intl.NumberFormat(document.documentElement.lang);
const ended = new Set();

const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));

async function follow(element) {
  const url = element.dataset.poll;
  let wait = EVERY_MS;
  while (element.isConnected && !ended.has(url)) {
    await sleep(wait);
    const state = await read(url);
    wait = state ? EVERY_MS : Math.min(2 * wait, SLOWEST_MS);
    show(element, state);
    if (state && ENDED.has(state.status)) {
      ended.add(url);
      await renew();
    }
  }
}

async function read(url) {
  try {
    const answer = await fetch(url, { headers: { accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function show(element, state) {
  const { done, total } = state?.progress ?? {};
  const bar = element.querySelector("progress");
  if (total) {
    bar.max = total;
    bar.value = Math.min(done, total);
  }
  element.querySelector(".said").textContent = words(state);
}

function words(state) {
  if (!state) return "The server does not answer at the moment. Trying again.";
  if (state.status === "PAUSED") {
    const until = new Date(state.resumes_at).toLocaleTimeString([], { timeStyle: "short" });
    return `${state.message ?? "A pause was asked for."} It goes on at ${until}; you can leave this page.`;
  }
  if (state.status === "RETRY") return `${state.message ?? "It did not work."} Trying again.`;
  return `${amount(state.progress)}You can leave this page.`;
}

// In the words of `said` in pages/work.py.
function amount(progress) {
  if (!progress?.total) return "";
  const { done, total, unit, rows_per_s: pace, seconds_left: left } = progress;
  if (done >= total) return `All ${count(total, unit)} are read; matching and counting are left. `;
  const parts = [`${number.format(done)} of about ${count(total, unit)}`];
  if (pace !== null) parts.push(`${number.format(pace)} a second`);
  if (left !== null) {
    const time = left > 90 ? count(Math.round(left / 60), "minutes") : count(left, "seconds");
    parts.push(`about ${time} left`);
  }
  return `${parts.join(", ")}. `;
}

function count(value, unit) {
  return `${number.format(value)} ${value === 1 ? unit.replace(/s$/, "") : unit}`;
}

async function renew() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live]")) {
    const replacement = fresh.getElementById(old.id);
    if (replacement) old.replaceChildren(...replacement.childNodes);
  }
  announce();
  followAll();
}

function announce() {
  const heading = document.querySelector("#activity h2, #insight h1");
  if (heading) document.getElementById("announcement").textContent = heading.textContent;
}

function followAll() {
  for (const element of document.querySelectorAll("[data-poll]")) follow(element);
}

followAll();
