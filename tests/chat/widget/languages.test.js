// Every language says everything that English says, in its own words (LC-50).
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import { chooseLanguage } from "../../../chat/static/chat/widget/loader/launcher_texts.js";
import { createWording } from "../../../chat/static/chat/widget/panel/wording.js";

const FOLDER = new URL("../../../chat/static/chat/widget/strings/", import.meta.url);
const TAGS = JSON.parse(readFileSync(new URL("language_tags.json", import.meta.url), "utf8"));
const LANGUAGES = readdirSync(FOLDER).map((name) => name.replace(/\.js$/, "")).sort();
const TABLES = Object.fromEntries(await Promise.all(LANGUAGES.map(async (language) => [language, await import(new URL(`${language}.js`, FOLDER))])));
const NUMBERS = [0, 1, 2, 3, 11, 25, 100, 199];
const COUNTS = ["tooLong", "documentKind"];
// The same words as in English, and right: "Conversation" is French, "Assistant" too, and files are named so everywhere.
const ALIKE = {
  sv: ["strings.assistant"],
  fr: ["strings.log", "strings.assistant", "strings.documentKind", "moreStrings.saveName", "moreStrings.image"],
};
// Signs and names that are no words of a language.
const NO_WORDS = ["strings.direction", "strings.said"];

/** Every sentence as [path, value], in order. */
function flatten(value, path) {
  return typeof value === "object" ? Object.entries(value).flatMap(([key, its]) => flatten(its, `${path}.${key}`)) : [[path, value]];
}

const sentences = ({ strings, moreStrings }) => [...flatten(strings, "strings"), ...flatten(moreStrings, "moreStrings")];
const isCount = (path) => COUNTS.some((name) => path.endsWith(`.${name}`));
const givenTo = (path, say) => Array.from({ length: say.length }, (_, place) => (isCount(path) && place === 0 ? 1_234 : `«${place}»`));
const spoken = ([path, value]) => (typeof value === "function" ? value(...givenTo(path, value)) : value);
const letters = (text) => text.replace(/«\d»|\d/g, "").trim().toLowerCase();

test("there are thirteen languages", () => {
  assert.deepEqual(LANGUAGES, ["ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pt-br", "sv", "zh-hans", "zh-hant"]);
});

for (const language of LANGUAGES) {
  const own = sentences(TABLES[language]);

  test(`${language} has exactly the sentences of English, and each is told as much`, () => {
    const shape = (all) => all.map(([path, value]) => [path, typeof value === "function" ? value.length : "text"]);
    assert.deepEqual(shape(own), shape(sentences(TABLES.en)));
  });

  test(`${language} says something everywhere, and all that it is told`, () => {
    for (const [path, value] of own) {
      const said = spoken([path, value]);
      assert.equal(said, said.trim(), path);
      assert.notEqual(said, "", path);
      if (typeof value !== "function") continue;
      for (const told of givenTo(path, value)) assert.ok(said.includes(told), `${path} leaves out ${told}`);
    }
  });

  test(`${language} is in its own words`, () => {
    const english = new Map(sentences(TABLES.en).map((sentence) => [sentence[0], letters(spoken(sentence))]));
    const isEnglish = ([path, value]) => !NO_WORDS.includes(path) && !ALIKE[language]?.includes(path) && english.get(path) === letters(spoken([path, value]));
    if (language !== "en") assert.deepEqual(own.filter(isEnglish).map(([path]) => path), []);
  });

  test(`${language} has one form for numbers of one kind`, () => {
    const rules = new Intl.PluralRules(language);
    for (const name of COUNTS) {
      const form = (count) => TABLES[language].strings[name](count, "").replace(String(count), "#");
      for (const one of NUMBERS) {
        for (const other of NUMBERS) {
          if (rules.select(one) === rules.select(other)) assert.equal(form(one), form(other), `${name}: ${one} and ${other}`);
        }
      }
    }
  });

  test(`${language} writes times and sizes in digits of one kind`, () => {
    const wording = createWording(language, TABLES[language].strings);
    const at = new Date(2026, 2, 2, 14, 30);
    for (const written of [wording.time(at), wording.moment(at), wording.size(1_500_000), wording.day(at, new Date(2026, 3, 1).getTime())]) {
      assert.match(written, /[0-9]/);
      assert.doesNotMatch(written, /[\u0660-\u0669]/);
    }
  });

  test(`${language} has a name for each state of the button`, () => {
    const { button } = TABLES[language].strings;
    assert.equal(button.length, 4);
    assert.equal(button.filter((words) => words.includes("#")).length, 1);
    assert.ok(button[2].includes("#"));
  });
}

const PAGES = {
  ar: ["صفحة واحدة", "صفحتان", "3 صفحات", "11 صفحة"], de: ["1 Seite", "2 Seiten"], en: ["1 page", "2 pages"], es: ["1 página", "2 páginas"],
  fr: ["1 page", "2 pages"], it: ["1 pagina", "2 pagine"], ja: ["1ページ", "2ページ"], ko: ["1페이지", "2페이지"], nl: ["1 pagina", "2 pagina’s"],
  "pt-br": ["1 página", "2 páginas"], sv: ["1 sida", "2 sidor"], "zh-hans": ["1 页", "2 页"], "zh-hant": ["1 頁", "2 頁"],
};

for (const [language, pages] of Object.entries(PAGES)) {
  test(`${language} counts pages as its grammar does`, () => {
    const { documentKind } = TABLES[language].strings;
    assert.deepEqual([1, 2, 3, 11].slice(0, pages.length).map((count) => documentKind(count, "2 MB")), pages.map((words) => `PDF · ${words} · 2 MB`));
  });
}

test("only Arabic is read from right to left", () => {
  assert.deepEqual(LANGUAGES.filter((language) => TABLES[language].strings.direction !== "ltr"), ["ar"]);
  assert.equal(TABLES.ar.strings.direction, "rtl");
});

test("French sets its spaces before two-part marks, and Chinese, Japanese and Korean their own marks", () => {
  for (const [path, value] of sentences(TABLES.fr)) assert.doesNotMatch(spoken([path, value]), /(^|[^\u202f])[?!;]|[^\u00a0]:|'/, path);
  for (const language of ["ja", "zh-hans", "zh-hant"]) {
    for (const [path, value] of sentences(TABLES[language])) assert.doesNotMatch(spoken([path, value]), /[\u3040-\u9fff][,.!?:;]/, `${language} ${path}`);
  }
});

for (const [tag, language] of Object.entries(TAGS)) {
  test(`a page or browser in "${tag}" gets ${language || "the next one that it asks for"}`, () => {
    assert.equal(chooseLanguage([tag, "sv"], LANGUAGES), language || "sv");
    assert.equal(chooseLanguage([tag], LANGUAGES), language || "en");
  });
}
