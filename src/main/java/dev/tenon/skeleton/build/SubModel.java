package dev.tenon.skeleton.build;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Tie;
import dev.tenon.skeleton.names.Conversion;
import dev.tenon.skeleton.names.Patterns;
import dev.tenon.skeleton.names.Renaming;
import java.util.ArrayList;
import java.util.List;

/**
 * What a module that is a model of its own adds: the config of its subtree, its ties, and how
 * checkpoints spell it.
 */
final class SubModel {
  final Config config;
  final InitRules rules;
  final List<Tie> ties = new ArrayList<>();
  final List<Renaming> renamings = new ArrayList<>();
  final List<Patterns> patterns = new ArrayList<>();
  final List<Conversion> conversions = new ArrayList<>();

  SubModel(Config config, InitRules rules) {
    this.config = config;
    this.rules = rules;
  }
}
