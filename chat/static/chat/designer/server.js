/* What the page asks the server. Without a connection each call rejects; what is refused is an `Refused`. */

export class Refused extends Error {
  constructor(status, body) {
    super(body.message ?? "");
    Object.assign(this, { status, body });
  }
}

export function createServer({ urls, csrf, words }) {
  async function call(url, body) {
    const options = body === undefined
      ? { headers: { Accept: "application/json" } }
      : { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": csrf }, body: JSON.stringify(body) };
    const response = await fetch(url, { ...options, credentials: "same-origin", redirect: "manual" });
    const isJson = (response.headers.get("Content-Type") ?? "").includes("application/json");
    // Where nobody is signed in any more the pages lead to the sign-in.
    if (response.type === "opaqueredirect" || !isJson) throw Object.assign(new Error("away"), { isSignedOut: response.type === "opaqueredirect" || response.status === 403 });
    const answer = await response.json();
    if (!response.ok) throw new Refused(response.status, answer);
    return answer;
  }

  return {
    isSignedOut: false,
    async save(stream, revision, onFaults, onDraft) {
      try {
        const answer = await call(urls.save, { stream, revision });
        this.isSignedOut = false;
        onFaults(answer.faults);
        onDraft(answer.draft);
        return { revision: answer.draft.revision };
      } catch (error) {
        this.isSignedOut = Boolean(error.isSignedOut);
        if (!(error instanceof Refused)) throw error;
        if (error.status === 409) return { conflict: error.body.draft };
        if (error.body.faults) onFaults(error.body.faults);
        return { refused: error.message || words.failed };
      }
    },
    check: async (stream) => (await call(urls.check, { stream })).faults,
    read: () => call(urls.draft),
    publish: (revision) => call(urls.publish, { revision }),
    unpublish: () => call(urls.unpublish, {}),
    versions: () => call(urls.versions),
    restore: (number, revision) => call(urls.restore, { number, revision }),
    duplicate: (stream) => call(urls.duplicate, stream ? { stream } : {}),
  };
}
