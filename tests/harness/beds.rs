//! Places where a session's lock does not hold: a pooler in transaction mode before a PostgreSQL server, and a cluster
//! of three MariaDB nodes. Private ones, from installed binaries (packages `pgbouncer`, `galera-4`); they end with the
//! tests. Each is started once, by the first test that needs it.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::server::{
    Engine, Served, Session, administered, answered, demanded, free_port, program, start, unprivileged,
};

/// Where Debian, Red Hat and Arch keep the plug.
const PROVIDERS: [&str; 3] = [
    "/usr/lib/galera/libgalera_smm.so",
    "/usr/lib64/galera/libgalera_smm.so",
    "/usr/lib64/galera-4/libgalera_smm.so",
];

/// The way to a test's database through PgBouncer, where each transaction may find another session.
pub fn pooled(served: &Served) -> Option<String> {
    static POOLER: OnceLock<Result<String, String>> = OnceLock::new();
    let pooler = POOLER.get_or_init(|| pgbouncer(served.server())).clone();
    Some(served.url_through(&demanded("PgBouncer", pooler)?))
}

fn pgbouncer(server: &str) -> Result<String, String> {
    let (program, port) = (program(&["pgbouncer"])?, free_port());
    let (user, address) =
        server.trim_start_matches("postgres://").split_once('@').ok_or("a URL without user")?;
    let user = user.split(':').next().unwrap_or(user);
    let (host, server_port) = address.split_once(':').unwrap_or((address, "5432"));
    let settings = format!(
        "[databases]\n* = host={host} port={server_port} user={user}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
         listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n\
         max_client_conn = 1000\ndefault_pool_size = 12\nignore_startup_parameters = extra_float_digits\n"
    );
    let folder = start(unprivileged("postgres"), |folder| {
        let file = folder.join("pgbouncer.ini");
        std::fs::write(&file, settings).map_err(|error| error.to_string())?;
        Ok(format!("exec {} {}", program.display(), file.display()))
    })?;
    let url = format!("postgres://{user}@127.0.0.1:{port}");
    let is_up = || Session::open(Engine::Postgres, &administered(Engine::Postgres, &url)).is_ok();
    answered(&folder, is_up).map(|()| url.clone())
}

/// A database on three nodes, and the URL of each node's.
pub fn clustered() -> Option<(Served, Vec<String>)> {
    static CLUSTER: OnceLock<Result<Vec<String>, String>> = OnceLock::new();
    let nodes = demanded("Galera cluster", CLUSTER.get_or_init(galera).clone())?;
    let served = Served::on(Engine::Mysql, &nodes[0]);
    let urls: Vec<String> = nodes.iter().map(|node| served.url_through(node)).collect();
    // The other nodes have been told of it, and may not have done it yet.
    let is_there = || urls.iter().all(|url| Session::open(Engine::Mysql, url).is_ok());
    let deadline = Instant::now() + Duration::from_secs(30);
    while !is_there() {
        assert!(Instant::now() < deadline, "a node lacks the database");
        std::thread::sleep(Duration::from_millis(20));
    }
    Some((served, urls))
}

fn galera() -> Result<Vec<String>, String> {
    let provider = PROVIDERS.iter().find(|file| std::fs::exists(file).unwrap_or(false));
    let provider = provider.ok_or("`galera-4` is not installed")?;
    let (install, server) = (program(&["mariadb-install-db"])?, program(&["mariadbd", "mysqld"])?);
    let ports: Vec<[u16; 4]> = (0..3).map(|_| [free_port(), free_port(), free_port(), free_port()]).collect();
    let members: Vec<String> = ports.iter().map(|[_, group, ..]| format!("127.0.0.1:{group}")).collect();
    let node = |folder: &str, number: usize| {
        let [port, group, ist, sst] = ports[number];
        let first = if number == 0 { "--wsrep-new-cluster" } else { "" };
        format!(
            "{} --no-defaults --user=$(id -un) --datadir={folder}/{number} --tmpdir={folder}/t{number} --port={port} --bind-address=127.0.0.1 \
             --socket={folder}/{number}.sock --pid-file={folder}/{number}.pid --wsrep-on=ON --wsrep-provider={provider} \
             --wsrep-cluster-address=gcomm://{} --wsrep-node-address=127.0.0.1:{group} --wsrep-node-name=n{number} \
             --wsrep-sst-method=rsync --wsrep-sst-receive-address=127.0.0.1:{sst} \
             --wsrep-provider-options='gmcast.listen_addr=tcp://127.0.0.1:{group};ist.recv_addr=127.0.0.1:{ist};gcache.size=16M' \
             --binlog-format=ROW --innodb-autoinc-lock-mode=2 --innodb-buffer-pool-size=32M \
             --innodb-log-file-size=8M --innodb-flush-log-at-trx-commit=0 {first} & ",
            server.display(),
            members.join(",")
        )
    };
    // The state is copied from the first node by rsync, which gives up its rights when it is run as root.
    let folder = start(unprivileged("mysql"), |folder| {
        let folder = folder.display().to_string();
        let nodes: String = (0..3).map(|number| node(&folder, number)).collect();
        Ok(format!(
            "mkdir {folder}/1 {folder}/2 {folder}/t0 {folder}/t1 {folder}/t2; TMPDIR={folder}/t0 {} --no-defaults --user=$(id -un) --datadir={folder}/0 \
             --auth-root-authentication-method=normal --skip-test-db --innodb-log-file-size=8M; \
             trap 'kill $(cat {folder}/*.pid); wait' INT TERM; {nodes} wait",
            install.display()
        ))
    })?;
    let urls: Vec<String> = ports.iter().map(|[port, ..]| format!("mysql://root@127.0.0.1:{port}")).collect();
    let is_ready = |url: &String| {
        let ready = "SELECT variable_value AS line FROM information_schema.global_status WHERE variable_name = 'wsrep_ready'";
        Session::open(Engine::Mysql, &administered(Engine::Mysql, url))
            .is_ok_and(|mut session| session.try_rows(ready).is_ok_and(|rows| rows == ["ON"]))
    };
    answered(&folder, || urls.iter().all(is_ready)).map(|()| urls.clone())
}
