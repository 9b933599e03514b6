# A file of glue with its functions in the order of their names, at the place of the last: JavaCPP writes them in the
# order in which reflection finds them, which is another in each JVM. The same declarations then give the same bytes.
/^JNIEXPORT .* Java_.*\{$/ { name = $4; body = ""; inside = 1 }
inside { body = body $0 "\n" }
inside && /^}$/ { inside = 0; bodies[name] = body; names[++count] = name; lines[++last] = ""; place = last; next }
!inside { lines[++last] = $0 "\n" }
END {
  for (i = 2; i <= count; i++) {
    for (j = i; j > 1 && names[j - 1] > names[j]; j--) {
      name = names[j]; names[j] = names[j - 1]; names[j - 1] = name
    }
  }
  for (i = 1; i <= last; i++) {
    if (i == place) {
      for (j = 1; j <= count; j++) printf "%s", bodies[names[j]]
    }
    printf "%s", lines[i]
  }
}
