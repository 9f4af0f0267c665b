//! The floors: a crate uses lower floors only, and the pure crates see no IO, runtime or serialisation.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use cargo_metadata::{Metadata, MetadataCommand, Package, PackageId};

/// Floor by floor, lowest first, as in ARCHITECTURE.md. A new crate is put here by hand.
const FLOORS: &[&[&str]] = &[
    &["message", "query"],
    &["signal"],
    &["verdict"],
    &["store", "provider", "observer", "gateway"],
    &["pipeline", "hunt"],
    &["console", "sandbox"],
    &["innerward"],
];

/// Highest floor that is pure.
const PURE_FLOOR_MAX: usize = 2;

/// What no pure crate may reach, however indirectly.
const IMPURE: &[&str] = &["tokio", "rusqlite", "reqwest", "hyper", "axum", "tracing", "rand", "async-trait"];

/// What no pure crate may name in its own manifest: borders own their shapes.
const NOT_NAMED_BY_PURE: &[&str] = &["serde", "serde_json", "uuid", "anyhow"];

/// Heavy libraries and the only crates that may name them.
const KEEPERS: &[(&str, &[&str])] = &[
    ("rusqlite", &["store"]),
    ("mail-auth", &["observer"]),
    ("hickory-resolver", &["observer"]),
    ("jsonwebtoken", &["provider", "sandbox"]),
    ("html5ever", &["message", "console"]),
    ("mailparse", &["message", "sandbox"]),
    ("askama", &["console"]),
    ("smtp-proto", &["sandbox", "gateway"]),
];

/// The one dependency of the sandbox on us.
const SANDBOX_USES: &[&str] = &["message"];

/// Prints each breach and fails when there is one.
pub(crate) fn check() -> Result<()> {
    let metadata = MetadataCommand::new().exec().context("cargo metadata did not answer")?;
    let breaches = breaches(&metadata)?;
    for breach in &breaches {
        eprintln!("walls: {breach}");
    }
    if !breaches.is_empty() {
        bail!("{} breaches of the floors (see ARCHITECTURE.md)", breaches.len());
    }
    println!("walls: {} crates on {} floors, no breach", metadata.workspace_members.len() - 1, FLOORS.len());
    Ok(())
}

fn breaches(metadata: &Metadata) -> Result<Vec<String>> {
    let members: Vec<&Package> =
        metadata.workspace_packages().into_iter().filter(|p| p.name != "xtask").collect();
    let floors: BTreeMap<&str, usize> = FLOORS
        .iter()
        .enumerate()
        .flat_map(|(floor, names)| names.iter().map(move |name| (*name, floor)))
        .collect();
    let mut breaches = Vec::new();
    for package in &members {
        let name = package.name.as_str();
        let Some(&floor) = floors.get(name) else {
            breaches.push(format!("{name} stands on no floor: put it into xtask/src/walls.rs"));
            continue;
        };
        breaches.extend(own_arrows(package, floor, &floors));
        breaches.extend(keepers(package));
        if floor <= PURE_FLOOR_MAX {
            breaches.extend(impurities(package, metadata)?);
        }
    }
    Ok(breaches)
}

fn own_arrows(package: &Package, floor: usize, floors: &BTreeMap<&str, usize>) -> Vec<String> {
    let name = package.name.as_str();
    let ours =
        package.dependencies.iter().filter_map(|d| Some((d.name.as_str(), *floors.get(d.name.as_str())?)));
    ours.filter_map(|(other, other_floor)| {
        if other_floor >= floor {
            Some(format!("{name} (floor {floor}) uses {other} (floor {other_floor})"))
        } else if name == "sandbox" && !SANDBOX_USES.contains(&other) {
            Some(format!("sandbox uses {other}: it may know nothing of ours but `message`"))
        } else {
            None
        }
    })
    .collect()
}

fn keepers(package: &Package) -> Vec<String> {
    let name = package.name.as_str();
    let normal = package.dependencies.iter().filter(|d| d.kind == cargo_metadata::DependencyKind::Normal);
    normal
        .filter_map(|d| {
            let (library, keepers) = KEEPERS.iter().find(|(library, _)| *library == d.name)?;
            (!keepers.contains(&name))
                .then(|| format!("{name} names {library}, which belongs to {keepers:?}"))
        })
        .collect()
}

fn impurities(package: &Package, metadata: &Metadata) -> Result<Vec<String>> {
    let name = package.name.as_str();
    let named = package
        .dependencies
        .iter()
        .filter(|d| {
            d.kind == cargo_metadata::DependencyKind::Normal && NOT_NAMED_BY_PURE.contains(&d.name.as_str())
        })
        .map(|d| format!("{name} is pure and names {}", d.name));
    let reached = reachable(&package.id, metadata)?;
    let impure = IMPURE.iter().filter(|library| reached.contains(**library));
    Ok(named.chain(impure.map(|library| format!("{name} is pure and reaches {library}"))).collect())
}

/// Names of all packages that `root` is built from, dev-dependencies aside.
fn reachable<'m>(root: &'m PackageId, metadata: &'m Metadata) -> Result<BTreeSet<&'m str>> {
    let graph = metadata.resolve.as_ref().context("cargo metadata gave no dependency graph")?;
    let nodes: BTreeMap<_, _> = graph.nodes.iter().map(|node| (&node.id, node)).collect();
    let mut seen = BTreeSet::from([root]);
    let mut waiting = vec![root];
    while let Some(id) = waiting.pop() {
        for dependency in nodes.get(id).into_iter().flat_map(|node| &node.deps) {
            let built =
                dependency.dep_kinds.iter().any(|k| k.kind != cargo_metadata::DependencyKind::Development);
            if built && seen.insert(&dependency.pkg) {
                waiting.push(&dependency.pkg);
            }
        }
    }
    Ok(metadata.packages.iter().filter(|p| seen.contains(&p.id)).map(|p| p.name.as_str()).collect())
}
