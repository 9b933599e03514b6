/* Elements of the page. Text of a checkpoint becomes text nodes and nothing else. */
const $ = id => document.getElementById(id);

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === 'function') {
      element.addEventListener(name, value);
    } else if (value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children);
  return element;
}

/* A name of a file nobody vouches for: what would be invisible or turn the text around is spelt out. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const LONGEST = 600;

function shown(text) {
  const safe = text.replace(UNSEEN, it => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return safe.length > LONGEST ? `${safe.slice(0, LONGEST)}…` : safe;
}

function tip(event, title, text) {
  const box = $('tip');
  box.hidden = false;
  box.replaceChildren(make('b', {}, title), text);
  const { width, height } = box.getBoundingClientRect();
  const x = Math.min(event.clientX + 14, innerWidth - width - 8);
  const y = event.clientY + 18 + height > innerHeight ? event.clientY - height - 10 : event.clientY + 18;
  box.style.left = `${Math.max(8, x)}px`;
  box.style.top = `${y}px`;
}

function noTip() {
  $('tip').hidden = true;
}
