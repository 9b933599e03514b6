/* Light, dark, or as the system has it; the colours themselves are the style sheet's. */
const themeChanged = [];

$('theme').addEventListener('change', event => {
  if (event.target.value === 'auto') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = event.target.value;
  }
  themeChanged.forEach(redraw => redraw());
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => themeChanged.forEach(redraw => redraw()));

/* A colour of the style sheet as a canvas takes it. */
function colour(name) {
  const probe = make('i', { hidden: '' });
  document.body.append(probe);
  probe.style.color = `var(--${name})`;
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
