// A move's box, cut into tasks that fit a scratch buffer.
#pragma once

#include <stdint.h>

#include "tenon.h"

namespace tenon {

// Bytes of an element of the destination.
int64_t size_of(int64_t dtype, int64_t size);

// Whether an item can be carried out, its numbers within what 64 bits hold.
bool is_sound(const tenon_move_item& item, bool from_file);

// How an item falls into tasks: of one plane each, tall rows of wide elements, fewer at the edges.
struct Cut {
  // computed: the source is not read but made, element by element.
  Cut(const tenon_move_item& item, bool computed);
  int64_t tall, wide;
  int64_t down, across;  // tasks of a plane
  int64_t tasks;
  bool dense_source;       // neighbours of a row are neighbours in the source
  bool dense_destination;  // and in the destination
  bool by_span;  // rows so short that what lies between them is read too, rather than each by itself
};

// A task: where it begins on both sides, and how much it has.
struct Part {
  Part(const tenon_move_item& item, const Cut& cut, int64_t number);
  int64_t source, destination;
  int64_t rows, columns;
};

}  // namespace tenon
