package dev.tenon;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each room uses only what its place on the walk from a path to a model allows. */
class RoomsTest {
  private static final JavaClasses TENON =
      new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("dev.tenon");

  @ParameterizedTest
  @ValueSource(
      strings = {"tensor", "checkpoint", "integrity", "skeleton", "quantised", "plan", "adapter"})
  void planningIsPureJava(String room) {
    refuse(room, "org.bytedeco..", "dev.tenon.engine..", "dev.tenon.nativecore..");
  }

  @Test
  void filesAndModelsMeetInThePlan() {
    refuse("checkpoint", "dev.tenon.skeleton..", "dev.tenon.plan..");
    refuse("skeleton", "dev.tenon.checkpoint..", "dev.tenon.plan..");
    refuse("checkpoint", "dev.tenon.quantised..");
    refuse("skeleton", "dev.tenon.quantised..");
    refuse("quantised", "dev.tenon.plan..");
  }

  @Test
  void adaptersChangeAPlanThatKnowsNothingOfThem() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.tenon.load", "dev.tenon.adapter..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.tenon.adapter..")
        .check(TENON);
    refuse("adapter", "dev.tenon.hub..", "picocli..");
  }

  @Test
  void whatBytesAreNeedsNoModel() {
    refuse("integrity", "dev.tenon.skeleton..", "dev.tenon.plan..", "picocli..");
    refuse("checkpoint", "dev.tenon.integrity..");
  }

  @Test
  void theNativeCoreKnowsNoOtherRoom() {
    refuse("nativecore", "dev.tenon.checkpoint..", "dev.tenon.skeleton..", "dev.tenon.plan..");
  }

  @Test
  void theTraceKnowsNoOtherRoom() {
    refuse("trace", "org.bytedeco..", "dev.tenon.engine..", "dev.tenon.nativecore..");
    refuse("trace", "dev.tenon.checkpoint..", "dev.tenon.skeleton..", "dev.tenon.plan..");
  }

  @Test
  void aPageIsMadeOfTheReportAlone() {
    refuse("report", "org.bytedeco..", "dev.tenon.engine..", "dev.tenon.nativecore..");
    refuse("report", "dev.tenon.checkpoint..", "dev.tenon.load..");
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.tenon.report..", "dev.tenon.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.tenon.report..")
        .check(TENON);
  }

  @Test
  void bindingTakesAModelAndIsForApplications() {
    refuse("bind", "dev.tenon.engine..", "dev.tenon.nativecore..", "dev.tenon.checkpoint..");
    refuse(
        "bind", "dev.tenon.plan..", "dev.tenon.hub..", "dev.tenon.report..", "dev.tenon.trace..");
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.tenon.bind..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.tenon.bind..")
        .check(TENON);
  }

  @Test
  void wordsOfTheLanguageKnowNobody() {
    noClasses()
        .that()
        .resideInAPackage("dev.tenon.lang..")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages("dev.tenon.lang..", "java..", "org.jspecify..")
        .check(TENON);
  }

  @Test
  void aFileIsWrittenWithTheJdkAlone() {
    noClasses()
        .that()
        .resideInAPackage("dev.tenon.file..")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages("dev.tenon.file..", "java..", "org.jspecify..")
        .check(TENON);
  }

  @Test
  void theCommandLineTalksToTheDoor() {
    refuse("cli", "org.bytedeco..", "dev.tenon.engine..", "dev.tenon.nativecore..");
  }

  @Test
  void theHubIsForTheDoorAndTheCommandLine() {
    refuse("hub", "org.bytedeco..", "dev.tenon.engine..");
    refuse("hub", "dev.tenon.skeleton..", "dev.tenon.plan..");
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.tenon", "dev.tenon.load", "dev.tenon.watch", "dev.tenon.cli", "dev.tenon.hub..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.tenon.hub..")
        .check(TENON);
  }

  @Test
  void onlyTheHubKnowsTheNetwork() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.tenon.hub", "dev.tenon.hub.http")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.net.http..")
        .check(TENON);
  }

  @Test
  void theRoomsOfTheEngineGoOneWay() {
    refuse("engine.torch", "dev.tenon.engine", "dev.tenon.engine.bytes", "dev.tenon.engine.init");
    refuse("engine.file", "dev.tenon.engine", "dev.tenon.engine.bytes", "dev.tenon.engine.init");
    refuse("engine.bytes", "dev.tenon.engine", "dev.tenon.engine.init");
    refuse("engine.init", "dev.tenon.engine");
    refuse("engine.start", "dev.tenon.engine");
  }

  /** Words, then what a model must have, then what builds it, then who is asked for which. */
  @Test
  void theRoomsOfTheSkeletonGoOneWay() {
    String skeleton = "dev.tenon.skeleton";
    String family = "dev.tenon.skeleton.family";
    String registry = "dev.tenon.skeleton.registry";
    String atlas = "dev.tenon.skeleton.atlas";
    String file = "dev.tenon.skeleton.file";
    String build = "dev.tenon.skeleton.build";
    for (String words : new String[] {"skeleton.json", "skeleton.names", "skeleton.init"}) {
      refuse(words, skeleton, build, file, atlas, registry, family);
    }
    noClasses()
        .that()
        .resideInAPackage(skeleton)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(build, file, atlas, registry, family)
        .check(TENON);
    refuse("skeleton.build", file, atlas, registry, family);
    refuse("skeleton.file", build, atlas, registry, family);
    refuse("skeleton.atlas", registry, family);
    refuse("skeleton.registry", family);
  }

  @Test
  void geometryAndNamesKnowNoPlan() {
    refuse("plan.box", "dev.tenon.plan");
    refuse("plan.names", "dev.tenon.plan", "dev.tenon.plan.box");
  }

  @Test
  void aPlanKnowsNothingOfWhatIsMadeOfIt() {
    noClasses()
        .that()
        .resideInAPackage("dev.tenon.plan")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.tenon.plan.place", "dev.tenon.plan.save", "dev.tenon.plan.move")
        .check(TENON);
  }

  @Test
  void formatsAreReadByTheCheckpointAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.tenon.checkpoint..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.tenon.checkpoint.torch..", "dev.tenon.checkpoint.format..")
        .check(TENON);
    refuse("checkpoint.format", "dev.tenon.checkpoint.torch", "dev.tenon.checkpoint.directory");
    noClasses()
        .that()
        .resideInAnyPackage("dev.tenon.checkpoint", "dev.tenon.checkpoint.directory")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.tenon.checkpoint.write..")
        .check(TENON);
  }

  @Test
  void watchingIsBuiltOnWhatEveryUserSees() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.tenon.watch..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.tenon.watch..")
        .check(TENON);
    refuse("watch", "dev.tenon.engine..", "dev.tenon.plan..");
  }

  @Test
  void loadsAreForTheDoorAndTheWatch() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.tenon", "dev.tenon.load", "dev.tenon.watch")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.tenon.load..")
        .check(TENON);
    refuse("load", "dev.tenon.cli..", "dev.tenon.watch..");
  }

  @Test
  void theEngineDoesNotKnowWhoAsks() {
    noClasses()
        .that()
        .resideInAPackage("dev.tenon.engine..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("dev.tenon", "dev.tenon.load..", "dev.tenon.watch..")
                .and(not(belongToAnyOf(TenonException.class, Rng.class, Residency.class))))
        .check(TENON);
  }

  @Test
  void theCommandLineIsUsedByNobody() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.tenon.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.tenon.cli..", "picocli..")
        .check(TENON);
  }

  private static void refuse(String room, String... packages) {
    noClasses()
        .that()
        .resideInAPackage("dev.tenon." + room + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages)
        .check(TENON);
  }
}
