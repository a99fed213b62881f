//! Who runs this, as far as the environment tells; for the ledger, so that a person can be asked.

/// `user@host (pid)`, with `?` for what nothing tells.
pub(super) fn current() -> String {
    let user = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| set(name));
    let host = set("HOSTNAME").or_else(|| set("COMPUTERNAME")).or_else(kernel_hostname);
    let unknown = || "?".to_owned();
    format!("{}@{} ({})", user.unwrap_or_else(unknown), host.unwrap_or_else(unknown), std::process::id())
}

fn set(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn kernel_hostname() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}
