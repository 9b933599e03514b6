/* Part by part, so that the first is seen before the last is made. */
const parts = [showNotices, showSummary, showTimeline, showTable, showTreemap];

function showNext() {
  const part = parts.shift();
  if (part) {
    part();
    setTimeout(showNext);
  } else {
    requestAnimationFrame(() => setTimeout(() => {
      document.documentElement.dataset.ready = Math.round(performance.now());
    }));
  }
}

showNext();
