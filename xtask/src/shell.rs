//! Running other programs, and getting those that are not there.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Runs a program to its end and fails when it fails. What is run is shown first.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Result<()> {
    println!("\n$ {program} {}", arguments.join(" "));
    let status =
        Command::new(program).args(arguments).status().with_context(|| format!("cannot run {program}"))?;
    if !status.success() {
        bail!("`{program} {}` failed", arguments.join(" "));
    }
    Ok(())
}

/// Whether a program of that name can be started.
pub(crate) fn is_there(program: &str) -> bool {
    let quiet = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}

/// Makes sure of a program: as root on Debian or Ubuntu it is installed, elsewhere the error says what to install.
pub(crate) fn ensure(program: &str, debian_packages: &str) -> Result<()> {
    if is_there(program) {
        return Ok(());
    }
    let can_install = is_there("apt-get") && is_root();
    if !can_install {
        bail!(
            "{program} is not there: install it (Debian and Ubuntu: apt-get install {debian_packages}) and run this again"
        );
    }
    run("apt-get", &["update", "-qq"])?;
    let packages = debian_packages.split(' ');
    let install: Vec<&str> =
        ["install", "-y", "-qq", "--no-install-recommends"].into_iter().chain(packages).collect();
    run("apt-get", &install)
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
