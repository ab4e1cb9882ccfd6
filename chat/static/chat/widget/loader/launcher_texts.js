// The few words of the button in every language; the panel's are in strings/. In order: what it does while the chat is
// closed, while it is open, how many messages are unread (# is the number), and sending the first words away.

const LAUNCHER_TEXTS = {
  en: ["Open chat", "Close chat", "# unread", "Dismiss"],
  sv: ["Öppna chatten", "Stäng chatten", "# olästa", "Ta bort"],
};

/** The best of the languages we have for the page's own language, else the browser's, else English. */
export function chooseLanguage(wanted) {
  const found = wanted.map((tag) => String(tag || "").toLowerCase().split("-")[0]).find((tag) => LAUNCHER_TEXTS[tag]);
  return found || "en";
}

export function launcherName(language, open, unread) {
  const [closed, opened, count] = LAUNCHER_TEXTS[language];
  if (open) return opened;
  return unread ? `${closed}, ${count.replace("#", unread)}` : closed;
}

export function dismissName(language) {
  return LAUNCHER_TEXTS[language][3];
}
