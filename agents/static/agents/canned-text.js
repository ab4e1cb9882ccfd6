const VARIABLE = /\{\{\s*([^{}|]*?)\s*(?:\|([^{}]*))?\}\}/g;

/**
 * A reply with what is known put in, once and literally: a value that looks like a variable stays as it is (S21).
 * Where nothing is known stands what is behind "|", else a gap in brackets, of which `gap` is the first: [from, to].
 */
export function fillIn(text, values, labels) {
  let gap = null;
  let shift = 0;
  const filled = text.replace(VARIABLE, (whole, name, fallback, at) => {
    const put = putFor(known(values, name) ?? "", fallback, known(labels, name) ?? name);
    if (put.isGap && !gap) gap = [at + shift, at + shift + put.text.length];
    shift += put.text.length - whole.length;
    return put.text;
  });
  return { text: filled, gap };
}

/** Only what was meant: every object has a "constructor". */
function known(table, name) {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function putFor(value, fallback, label) {
  if (value) return { text: value, isGap: false };
  if (fallback === undefined) return { text: `[${label}]`, isGap: true };
  return { text: fallback.trim(), isGap: false };
}

/** What each variable stands for in this chat; what isn't known is empty. */
export function valuesOf(visitor = {}, agent = {}) {
  const { first_name = "", last_name = "" } = visitor;
  return {
    "visitor.first_name": first_name,
    "visitor.last_name": last_name,
    "visitor.name": `${first_name} ${last_name}`.trim(),
    "visitor.company": visitor.company ?? "",
    "visitor.job_title": visitor.job_title ?? "",
    "visitor.email": visitor.email ?? "",
    "visitor.page": visitor.page_title || visitor.page_url || "",
    "agent.name": agent.name ?? "",
  };
}
