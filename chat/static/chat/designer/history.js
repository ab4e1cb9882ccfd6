/* What was done, to undo and redo without limit. Streams share what didn't change, so a step costs little. */

export class History {
  constructor(stream) {
    this.steps = [{ stream, label: "", focus: null, group: "" }];
    this.at = 0;
  }

  get stream() {
    return this.steps[this.at].stream;
  }

  get undoLabel() {
    return this.at > 0 ? this.steps[this.at].label : "";
  }

  get redoLabel() {
    return this.steps[this.at + 1]?.label ?? "";
  }

  get canUndo() {
    return this.at > 0;
  }

  get canRedo() {
    return this.at < this.steps.length - 1;
  }

  /** Steps of one group that follow each other, such as the letters of one field, are one step. */
  push(stream, { label, focus = null, group = "" }) {
    if (stream === this.stream) return;
    const last = this.steps[this.at];
    if (group && last.group === group && !this.canRedo) {
      this.steps[this.at] = { ...last, stream };
      return;
    }
    this.steps = [...this.steps.slice(0, this.at + 1), { stream, label, focus, group }];
    this.at += 1;
  }

  /** The next letter in the same field begins a step of its own. */
  closeGroup() {
    this.steps[this.at] = { ...this.steps[this.at], group: "" };
  }

  /** Gives the step that is undone, to say what it was and go where it was. */
  undo() {
    if (!this.canUndo) return null;
    this.closeGroup();
    this.at -= 1;
    this.closeGroup();
    return this.steps[this.at + 1];
  }

  redo() {
    if (!this.canRedo) return null;
    this.at += 1;
    return this.steps[this.at];
  }
}
