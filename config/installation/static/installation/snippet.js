/* The page about putting the chat on a website: copying, opening the page, and looking again whether it was seen. */

const LOOK_EVERY = 3_000; // milliseconds
const LOOK_FOR = 120_000;
const told = document.querySelector('[data-part="told"]');
const list = document.querySelector('[data-part="sightings"]');
let timer = null;

/** Without https the browser has no clipboard for pages: then the text is selected, one key away from it. */
async function copy(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return "copied";
  } catch {
    getSelection().selectAllChildren(code);
    code.focus();
    return "selected";
  }
}

function enableCopy(button) {
  const code = button.parentElement.querySelector('[data-part="code"]');
  button.hidden = false;
  button.addEventListener("click", async () => {
    const done = await copy(code);
    told.textContent = told.dataset[done];
    button.classList.toggle("is-done", done === "copied");
  });
  button.addEventListener("blur", () => button.classList.remove("is-done"));
}

async function look() {
  try {
    const response = await fetch(list.dataset.url, { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    // What is the same but for the time of looking is not read out again.
    const facts = (node) => [...node.querySelectorAll(".state, td")].map((one) => one.textContent.trim()).join();
    if (facts(page.body) !== facts(list)) list.replaceChildren(...page.body.childNodes);
  } catch (failure) {
    console.warn("sightings", failure.name);
  }
}

function lookFor(duration) {
  const end = Date.now() + duration;
  clearInterval(timer);
  timer = setInterval(() => {
    if (Date.now() > end) clearInterval(timer);
    else if (document.visibilityState === "visible") look();
  }, LOOK_EVERY);
}

function openPage(event) {
  event.preventDefault();
  const address = new URL(event.target.elements.page.value);
  if (!/^https?:$/.test(address.protocol)) return;
  open(address.href, "_blank", "noopener,noreferrer");
  lookFor(LOOK_FOR);
}

document.querySelector('[data-part="opener"]')?.addEventListener("submit", openPage);
document.querySelector('[data-part="again"]')?.addEventListener("click", look);
document.addEventListener("visibilitychange", () => timer && document.visibilityState === "visible" && look());
for (const button of document.querySelectorAll('[data-part="copy"]')) enableCopy(button);
// A link from elsewhere leads to a guide: it opens.
const named = location.hash && document.getElementById(location.hash.slice(1));
if (named instanceof HTMLDetailsElement) named.open = true;
