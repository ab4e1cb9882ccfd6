// The launcher's few words in every language; the panel's are in strings/.

const LAUNCHER_TEXTS = {
  en: { open: "Open chat", close: "Close chat", unread: (count) => `${count} unread` },
  sv: { open: "Öppna chatten", close: "Stäng chatten", unread: (count) => `${count} olästa` },
};

/** The best of the languages we have for the page's own language, else the browser's, else English. */
export function chooseLanguage(wanted) {
  const found = wanted.map((tag) => String(tag || "").toLowerCase().split("-")[0]).find((tag) => tag in LAUNCHER_TEXTS);
  return found || "en";
}

export function launcherName(language, open, unread) {
  const texts = LAUNCHER_TEXTS[language];
  if (open) return texts.close;
  return unread ? `${texts.open}, ${texts.unread(unread)}` : texts.open;
}
