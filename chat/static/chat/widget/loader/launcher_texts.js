// The few words of the button. They come with the reply to the visit, in the visitor's language alone, and with the panel;
// until then they are these. In order: what it does while the chat is closed, while it is open, how many messages are
// unread (# is the number), and sending the first words away.

export const BUTTON_WORDS = ["Open chat", "Close chat", "# unread", "Dismiss"];
const TRADITIONAL = /^zh(?!.*hans).*-(hant|tw|hk|mo)\b/;

/** The best of the languages we have (`known`) for the page's own language, else the browser's, else English. */
export function chooseLanguage(wanted, known) {
  return wanted.map((tag) => findLanguage(String(tag || "").toLowerCase().replaceAll("_", "-"), known)).find(Boolean) || "en";
}

// The server's `pick_language` does the same, and one table of tests holds both.
function findLanguage(tag, known) {
  const [base] = tag.split("-");
  const code = base !== "zh" ? base : TRADITIONAL.test(tag) ? "zh-hant" : "zh-hans";
  return known.find((its) => its === code || its.startsWith(`${code}-`));
}

export function launcherName([closed, opened, count], open, unread) {
  if (open) return opened;
  return unread ? `${closed}, ${count.replace("#", unread)}` : closed;
}
