/* The tree of modules, each level made when it is looked at. Tied slots hold no bytes and are not in it. */
class ModuleNode {
  constructor(name, parent, start, ids) {
    this.parent = parent;
    this.ids = ids;
    this.isTensor = ids.length === 1;
    this.name = this.isTensor ? names[ids[0]].slice(start) : name;
    this.inside = parent ? start + name.length + 1 : 0;
    this.bytes = bytesOf(ids);
  }

  /* Largest first. */
  get children() {
    if (!this.known && this.isTensor) {
      this.known = [];
    } else if (!this.known) {
      const { parts, start } = this.partsInside();
      this.known = [...parts]
        .map(([name, ids]) => new ModuleNode(name, this, start, ids))
        .filter(node => node.bytes > 0)
        .sort((a, b) => b.bytes - a.bytes);
    }
    return this.known;
  }

  /* A module that holds one module and nothing else is shown as one with it. */
  partsInside() {
    let start = this.inside;
    let parts = partsFrom(this.ids, start);
    while (!this.isTensor && parts.size === 1 && this.ids.some(id => names[id].length > start)) {
      const [only] = parts.keys();
      start += only.length + 1;
      parts = partsFrom(this.ids, start);
    }
    const rest = this.isTensor || start === this.inside ? '' : names[this.ids[0]].slice(this.inside, start - 1);
    this.wholeLabel = [this.name, rest].filter(Boolean).join('.');
    return { parts, start };
  }

  /* Its name, with those of the modules shown as one with it. */
  get label() {
    if (this.wholeLabel === undefined) {
      this.partsInside();
    }
    return this.wholeLabel;
  }

  get path() {
    return this.parent ? [this.parent.path, this.label].filter(Boolean).join('.') : this.label;
  }

  /* What it is an instance of: itself, or for a number what the number counts. */
  get family() {
    return /^\d+$/.test(this.name) && this.parent ? this.parent.family : this.name;
  }
}

function partsFrom(ids, start) {
  const parts = new Map();
  for (const id of ids) {
    const name = names[id];
    const dot = name.indexOf('.', start);
    const part = name.slice(start, dot < 0 ? name.length : dot);
    if (parts.has(part)) {
      parts.get(part).push(id);
    } else {
      parts.set(part, [id]);
    }
  }
  return parts;
}

function moduleTree() {
  const ids = [];
  for (let id = 0; id < slotCount; id++) {
    if (originOf(id) !== 'tied' && kindOf(id).bytes > 0) {
      ids.push(id);
    }
  }
  return new ModuleNode('', null, 0, ids);
}
