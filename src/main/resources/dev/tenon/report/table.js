/* A table of any number of rows, of which those in sight are in the page: rows open, and the keyboard moves. */
const ROW_HEIGHT = 30;

class Table {
  constructor(place, { columns, label, sorted }) {
    this.columns = columns;
    this.sorted = sorted;
    this.lines = [];
    this.current = 0;
    this.order = { column: null, down: false };
    this.head = make('div', { class: 'grid-row grid-head', role: 'row', 'aria-rowindex': '1' }, ...columns.map(column => this.title(column)));
    this.body = make('div', { class: 'grid-body', role: 'rowgroup' });
    this.space = make('div', { class: 'grid-space', role: 'presentation' }, this.body);
    this.scroll = make('div', { class: 'grid-scroll', role: 'presentation', tabindex: '-1', scroll: () => this.draw() }, this.space);
    this.grid = make('div', { class: 'grid', role: 'treegrid', tabindex: '0', 'aria-label': label, 'aria-colcount': columns.length, keydown: event => this.key(event), focus: () => this.draw(), blur: () => this.draw() }, this.head, this.scroll);
    place.append(this.grid);
    new ResizeObserver(() => this.draw()).observe(this.scroll);
  }

  title(column) {
    const button = make('button', { type: 'button', click: () => this.sortBy(column) }, column.title);
    return make('div', { class: `cell c-${column.id}${column.number ? ' number' : ''}`, role: 'columnheader', 'aria-sort': 'none' }, button);
  }

  /* Up, down, and as it was. */
  sortBy(column) {
    const same = this.order.column === column;
    this.order = same && this.order.down !== Boolean(column.number) ? { column: null, down: false } : { column, down: same ? !this.order.down : Boolean(column.number) };
    [...this.head.children].forEach((cell, i) => {
      const mine = this.columns[i] === this.order.column;
      cell.setAttribute('aria-sort', mine ? (this.order.down ? 'descending' : 'ascending') : 'none');
    });
    this.sorted(this.order);
  }

  /* Shows rows: each with its members, which it opens into if there are several. */
  show(rows) {
    this.rows = rows;
    this.lines = rows.map(row => ({ row, open: false }));
    this.current = 0;
    this.scroll.scrollTop = 0;
    this.resize();
  }

  resize() {
    this.space.style.height = `${this.lines.length * ROW_HEIGHT}px`;
    this.grid.setAttribute('aria-rowcount', this.lines.length + 1);
    this.draw();
  }

  draw() {
    const first = Math.max(0, Math.floor(this.scroll.scrollTop / ROW_HEIGHT) - 4);
    const last = Math.min(this.lines.length, first + Math.ceil(this.scroll.clientHeight / ROW_HEIGHT) + 9);
    this.body.style.transform = `translateY(${first * ROW_HEIGHT}px)`;
    this.body.replaceChildren(...this.lines.slice(first, last).map((line, i) => this.line(line, first + i)));
    if (this.current >= first && this.current < last) {
      this.grid.setAttribute('aria-activedescendant', `row-${this.current}`);
    } else {
      this.grid.removeAttribute('aria-activedescendant');
    }
  }

  line(line, at) {
    const opens = line.id === undefined && line.row.ids.length > 1;
    const cells = this.columns.map(column => make('div', { class: `cell c-${column.id}${column.number ? ' number' : ''}${column.style ? ` ${column.style}` : ''}`, role: 'gridcell' }, ...column.cell(line)));
    cells[0].prepend(make('span', { class: 'twist', 'aria-hidden': 'true' }, opens ? (line.open ? '▾' : '▸') : ''));
    const focused = at === this.current && document.activeElement === this.grid;
    return make('div', {
      class: `grid-row${line.id === undefined ? '' : ' member'}${focused ? ' current' : ''}`,
      role: 'row',
      id: `row-${at}`,
      'aria-rowindex': at + 2,
      'aria-level': line.id === undefined ? 1 : 2,
      'aria-expanded': opens ? line.open : null,
      click: () => {
        this.current = at;
        this.grid.focus({ preventScroll: true });
        if (opens) {
          this.toggle(at);
        } else {
          this.draw();
        }
      },
    }, ...cells);
  }

  toggle(at) {
    const line = this.lines[at];
    line.open = !line.open;
    const before = this.lines.slice(0, at + 1);
    const after = this.lines.slice(line.open ? at + 1 : at + 1 + line.row.ids.length);
    const members = line.open ? line.row.ids.map(id => ({ row: line.row, id })) : [];
    this.lines = before.concat(members, after);
    this.resize();
  }

  go(to) {
    this.current = Math.min(this.lines.length - 1, Math.max(0, to));
    const top = this.current * ROW_HEIGHT;
    const room = this.scroll.clientHeight;
    if (top < this.scroll.scrollTop) {
      this.scroll.scrollTop = top;
    } else if (top + ROW_HEIGHT > this.scroll.scrollTop + room) {
      this.scroll.scrollTop = top + ROW_HEIGHT - room;
    }
    this.draw();
  }

  key(event) {
    const line = this.lines[this.current];
    const page = Math.max(1, Math.floor(this.scroll.clientHeight / ROW_HEIGHT) - 1);
    const opens = line && line.id === undefined && line.row.ids.length > 1;
    const act = {
      ArrowDown: () => this.go(this.current + 1),
      ArrowUp: () => this.go(this.current - 1),
      PageDown: () => this.go(this.current + page),
      PageUp: () => this.go(this.current - page),
      Home: () => this.go(0),
      End: () => this.go(this.lines.length - 1),
      Enter: () => opens && this.toggle(this.current),
      ' ': () => opens && this.toggle(this.current),
      ArrowRight: () => opens && !line.open && this.toggle(this.current),
      ArrowLeft: () => this.close(line),
    }[event.key];
    if (line && act && event.target.tagName !== 'BUTTON' && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      act();
    }
  }

  /* Closes an open row; from one of its members, goes to it first. */
  close(line) {
    if (line.id !== undefined) {
      this.go(this.lines.findIndex(it => it.row === line.row));
    } else if (line.open) {
      this.toggle(this.current);
    }
  }
}
