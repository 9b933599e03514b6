/* Squarified treemaps (Bruls, Huizing and van Wijk, 2000): rows of boxes along the shorter side, as square as can be. */
function squarify(nodes, { x, y, width, height }) {
  const boxes = [];
  const total = nodes.reduce((sum, node) => sum + node.bytes, 0);
  const scale = width * height / total;
  let room = { x, y, width, height };
  let row = [];
  let area = 0;
  for (const node of nodes) {
    const side = Math.min(room.width, room.height);
    const size = node.bytes * scale;
    if (row.length > 0 && worst(row, area + size, side, scale, size) > worst(row, area, side, scale, 0)) {
      room = lay(row, area, room, scale, boxes);
      row = [];
      area = 0;
    }
    row.push(node);
    area += size;
  }
  if (row.length > 0) {
    lay(row, area, room, scale, boxes);
  }
  return boxes;
}

/* The most elongated box of a row, of which the first is the largest and the last the smallest. */
function worst(row, area, side, scale, added) {
  const largest = row[0].bytes * scale;
  const smallest = added || row[row.length - 1].bytes * scale;
  const square = side * side;
  return Math.max(square * largest / (area * area), area * area / (square * smallest));
}

function lay(row, area, room, scale, boxes) {
  const across = room.width < room.height;
  const thick = area / (across ? room.width : room.height);
  let at = across ? room.x : room.y;
  for (const node of row) {
    const long = node.bytes * scale / thick;
    boxes.push(across ? { node, x: at, y: room.y, width: long, height: thick } : { node, x: room.x, y: at, width: thick, height: long });
    at += long;
  }
  return across
    ? { x: room.x, y: room.y + thick, width: room.width, height: room.height - thick }
    : { x: room.x + thick, y: room.y, width: room.width - thick, height: room.height };
}
