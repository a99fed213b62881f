//! PostgreSQL's servers by name: what `pg_service.conf` says of one, found where libpq finds it. The URL wins over it, and
//! it over the environment.

use std::path::PathBuf;

use tokio_postgres::Config;

use super::super::url::DatabaseUrl;
use super::{Pairs, bad, setting, tls};
use crate::failure::Failure;

/// Where the system's own file is, by Debian and by the source.
const SYSTEM: [&str; 2] = ["/etc/postgresql-common", "/usr/local/pgsql/etc"];

/// Adds what the file says of the service that is asked for, if one is; `ours` are keys that the driver does not know.
pub(super) fn complete(
    url: &DatabaseUrl,
    config: &mut Config,
    pairs: &mut Pairs,
    ours: &[&str],
) -> Result<(), Failure> {
    let Some(name) = setting(pairs, &["service"], "PGSERVICE") else { return Ok(()) };
    let files = files(setting(pairs, &[], "PGSERVICEFILE"));
    let Some(lines) = files.iter().find_map(|file| section(&std::fs::read_to_string(file).ok()?, &name))
    else {
        let looked: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        return Err(bad(url, format!("there is no service `{name}`"))
            .note(format!("looked for [{name}] in {}", looked.join(", ")))
            .help("name the file with PGSERVICEFILE, or write host, user and database into the URL"));
    };
    let is_ours = |(key, _): &(String, String)| tls::KEYS.contains(&&**key) || ours.contains(&&**key);
    let (taken, left): (Pairs, Pairs) = lines.into_iter().partition(is_ours);
    pairs.extend(taken);
    let found = keywords(&left).parse();
    let found =
        found.map_err(|error| bad(url, format!("service `{name}`: {}", super::postgres::told(&error))))?;
    fill(config, &found);
    Ok(())
}

fn files(named: Option<String>) -> Vec<PathBuf> {
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".pg_service.conf"));
    let system = match std::env::var_os("PGSYSCONFDIR") {
        Some(folder) => vec![PathBuf::from(folder)],
        None => SYSTEM.map(PathBuf::from).to_vec(),
    };
    let system = system.into_iter().map(|folder| folder.join("pg_service.conf"));
    named.map(PathBuf::from).or_else(home).into_iter().chain(system).collect()
}

/// The lines of a section, if the text has it.
fn section(text: &str, name: &str) -> Option<Pairs> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.find(|line| line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) == Some(name))?;
    let pair = |line: &str| {
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        (key.trim_end().to_owned(), value.trim_start().to_owned())
    };
    Some(lines.take_while(|line| !line.starts_with('[')).map(pair).collect())
}

/// As the driver reads them.
fn keywords(pairs: &Pairs) -> String {
    let escaped = |value: &str| value.replace('\\', "\\\\").replace('\'', "\\'");
    let words = pairs.iter().map(|(key, value)| format!("{key}='{}'", escaped(value)));
    words.collect::<Vec<_>>().join(" ")
}

/// What the URL has not said.
fn fill(config: &mut Config, found: &Config) {
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        for host in found.get_hosts() {
            match host {
                tokio_postgres::config::Host::Tcp(name) => config.host(name),
                #[cfg(unix)]
                tokio_postgres::config::Host::Unix(folder) => config.host_path(folder),
            };
        }
        for address in found.get_hostaddrs() {
            config.hostaddr(*address);
        }
    }
    if config.get_ports().is_empty() {
        for port in found.get_ports() {
            config.port(*port);
        }
    }
    if let (None, Some(user)) = (config.get_user(), found.get_user()) {
        config.user(user);
    }
    if let (None, Some(password)) = (config.get_password(), found.get_password()) {
        config.password(password);
    }
    if let (None | Some(""), Some(database)) = (config.get_dbname(), found.get_dbname()) {
        config.dbname(database);
    }
    if let (None, Some(options)) = (config.get_options(), found.get_options()) {
        config.options(options);
    }
    if let (None, Some(name)) = (config.get_application_name(), found.get_application_name()) {
        config.application_name(name);
    }
}

#[cfg(test)]
mod tests {
    use super::{keywords, section};

    #[test]
    fn a_section_ends_where_the_next_begins() {
        let text = "# ours\n[other]\nhost=far\n\n[shop]\nhost = db\n  password=it's \\ me\n[last]\nport=1\n";
        let shop = section(text, "shop").unwrap();
        assert_eq!(keywords(&shop), r"host='db' password='it\'s \\ me'");
        assert_eq!(section(text, "last").unwrap().len(), 1);
        assert!(section(text, "hop").is_none());
    }
}
