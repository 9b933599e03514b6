/** An application on the module path. */
module app {
  requires dev.tenon;
}
