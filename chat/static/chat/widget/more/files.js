// Sending images and PDFs: by the button, by pasting, by dropping them on the chat (LC-35). What fails stays, and can be
// tried again.
import { el, icon } from "../panel/dom.js";
import { may } from "../panel/view.js";
import { randomId } from "../loader/natives.js";
import { createWording } from "../panel/wording.js";

const TYPES = ["image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf"];
const LIMIT_BYTES = 10 * 1024 * 1024;

export function createFiles({ session, panel, strings, memory, origin, env, language, decode }) {
  const { composer, node: whole } = panel;
  const wording = createWording(language, strings);
  const input = el("input", { type: "file", accept: TYPES.join(","), multiple: true, hidden: true, "data-part": "file-input", change: choose });
  const button = el("button", { type: "button", class: "tool attach", "data-part": "attach", "aria-label": strings.attach, hidden: true, click: () => input.click() }, icon("clip"));
  const list = el("ul", { class: "uploads", "data-part": "uploads" });
  const running = new Set();
  composer.node.prepend(list);
  composer.input.before(button, input);
  let mayAttach = false;

  function choose() {
    take(input.files);
    input.value = "";
  }

  function paste(event) {
    if (!mayAttach || !event.clipboardData?.files.length) return;
    event.preventDefault();
    take(event.clipboardData.files);
  }

  function drag(event) {
    if (!mayAttach || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    whole.classList.toggle("dropping", event.type === "dragover");
    if (event.type === "drop") take(event.dataTransfer.files);
  }

  function take(files) {
    for (const file of files) {
      if (!TYPES.includes(file.type)) panel.alarm(strings.fileKind);
      else if (file.size > LIMIT_BYTES) panel.alarm(strings.fileSize(wording.size(LIMIT_BYTES)));
      else begin(file);
    }
  }

  function begin(file) {
    const upload = { file, clientId: randomId(env.crypto), conversation: session.view.conversation, request: null };
    const bar = el("progress", { max: "1", value: "0", "aria-label": strings.fileSending(file.name) });
    const reason = el("span", { class: "upload-reason", role: "alert" });
    const retry = el("button", { type: "button", class: "link", "data-part": "upload-retry", hidden: true, click: () => send() }, strings.fileRetry);
    const cancel = el("button", { type: "button", class: "link", "data-part": "upload-cancel", click: () => stop() }, strings.fileCancel);
    const item = el("li", { class: "upload", "data-part": "upload" }, el("b", { dir: "auto" }, file.name), bar, reason, retry, cancel);
    list.append(item);
    running.add(upload);

    // XMLHttpRequest: fetch doesn't say how far an upload has come.
    function send() {
      const request = (upload.request = new XMLHttpRequest());
      request.open("POST", `${origin}/visitor/files`);
      request.setRequestHeader("Authorization", `Bearer ${memory.get("token")}`);
      request.upload.onprogress = ({ loaded, total }) => { bar.value = total ? loaded / total : 0; };
      request.onload = () => (request.status < 300 ? stop() : fail(reasonOf(request)));
      request.onerror = () => fail(strings.fileFailed);
      const form = new FormData();
      form.append("conversation", upload.conversation);
      form.append("client_id", upload.clientId);
      form.append("file", file, file.name);
      say("");
      request.send(form);
    }

    function reasonOf(request) {
      try {
        return decode(request.responseText).text || strings.fileFailed;
      } catch {
        return strings.fileFailed;
      }
    }

    function fail(words) {
      upload.request = null;
      say(words);
    }

    function say(words) {
      reason.textContent = words;
      retry.hidden = !words;
      bar.hidden = Boolean(words);
    }

    function stop() {
      upload.request?.abort();
      running.delete(upload);
      item.remove();
      composer.input.focus();
    }

    upload.stop = stop;
    send();
  }

  function update(view) {
    mayAttach = Boolean(session.view.files) && may(view, "post");
    button.hidden = !mayAttach;
  }

  composer.input.addEventListener("paste", paste);
  for (const type of ["dragover", "dragleave", "drop"]) whole.addEventListener(type, drag);
  return { update, stop: () => running.forEach((upload) => upload.request?.abort()) };
}
