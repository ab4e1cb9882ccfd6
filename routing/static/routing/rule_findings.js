/* Beside a rule's form: what it means, whom it would have matched, what is wrong with it. Follows every change. */

const PAUSE = 400; // ms of rest before the server is asked

/** What the server needs of the form, as it would be sent. */
export function read(form) {
  const data = new URLSearchParams();
  data.set("conditions", form.querySelector("[name='conditions']")?.value ?? "{}");
  data.set("team", form.querySelector("[name='team']")?.value ?? "");
  // The admin's two boxes: what is chosen are all the options of the second.
  const chosen = form.querySelectorAll("#id_agents_to option");
  const agents = chosen.length ? chosen : form.querySelectorAll("[name='agents'] option:checked");
  for (const option of agents) data.append("agents", option.value);
  return data.toString();
}

function show(box, findings) {
  box.querySelector("[data-matches]").textContent = findings.matches;
  box.querySelector("[data-tally]").textContent = findings.tally;
  const items = findings.warnings.map((text) => Object.assign(document.createElement("li"), { textContent: text }));
  box.querySelector("[data-warnings]").replaceChildren(...items);
  box.hidden = false;
}

async function ask(box, form, body) {
  const headers = {
    "Content-Type": "application/x-www-form-urlencoded",
    "X-CSRFToken": form.querySelector("[name='csrfmiddlewaretoken']").value,
  };
  const answer = await fetch(box.dataset.url, { method: "POST", headers, body, credentials: "same-origin" });
  return answer.ok ? answer.json() : null;
}

function follow(box) {
  const form = box.closest("form");
  let last = form.elements.namedItem("conditions") ? "" : read(form);
  let timer;
  const look = async () => {
    const body = read(form);
    if (body === last) return;
    last = body;
    const findings = await ask(box, form, body).catch(() => null);
    // A later change has its own answer.
    if (findings && body === last) show(box, findings);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  };
  for (const event of ["conditions", "input", "change", "click", "dblclick", "keyup"]) form.addEventListener(event, soon);
  soon();
}

if (typeof document !== "undefined") {
  for (const box of document.querySelectorAll("[data-findings]")) follow(box);
}
