/* Sizes, counts and durations as people read them. */
const units = {
  bytes(bytes) {
    const [value, prefix] = units.scaled(bytes, ['', 'k', 'M', 'G', 'T']);
    return prefix === '' ? `${bytes} B` : `${value} ${prefix}B`;
  },

  elements(count) {
    const [value, suffix] = units.scaled(count, ['', 'k', ' M', ' B', ' T']);
    return suffix === '' ? `${count}` : `${value}${suffix}`;
  },

  scaled(value, prefixes) {
    let prefix = 0;
    let rest = value;
    while (rest >= 999.5 && prefix < prefixes.length - 1) {
      rest /= 1000;
      prefix++;
    }
    return [rest.toFixed(rest < 9.995 ? 2 : rest < 99.95 ? 1 : 0), prefixes[prefix]];
  },

  millis(millis) {
    if (millis < 0.0995) {
      return `${Math.round(millis * 1000)} µs`;
    }
    return millis < 9.95 ? `${millis.toFixed(1)} ms` : millis < 999.5 ? `${millis.toFixed(0)} ms` : `${(millis / 1000).toFixed(2)} s`;
  },

  rate: (bytes, millis) => `${units.bytes(Math.round(bytes / Math.max(millis, 0.001) * 1000))}/s`,

  count: count => count.toLocaleString('en-US'),

  percent: share => share === 0 ? '0 %' : share < 0.001 ? '< 0.1 %' : `${(share * 100).toFixed(1)} %`,

  many: (count, one, more) => `${units.count(count)} ${count === 1 ? one : more}`,
};
