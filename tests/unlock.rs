//! `unlock` where looking is all that one may do, and where somebody comes back to life.

use std::time::{Duration, Instant};

use crate::harness::{Engine, Private, Run, Sandbox, Served};

fn unlock(sandbox: &Sandbox, url: &str, words: &str) -> Run {
    sandbox.schema(&format!("unlock {words} --migrations migrations --database-url {url}"))
}

/// A lease that somebody left behind, as it is after a kill.
fn left(served: &Served) -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.migration("0001_step", "", "CREATE TABLE a (x INTEGER);\n", None);
    let url = served.url();
    sandbox.schema(&format!("upgrade --lock table --migrations migrations --database-url {url}")).ok();
    let past = match served.engine {
        Engine::Mysql => "UTC_TIMESTAMP(6) - INTERVAL 1 HOUR",
        Engine::Postgres | Engine::Sqlite => "now() - interval '1 hour'",
    };
    let leave = format!("UPDATE __schema_lock SET holder = 'left behind', ends_at = {past}");
    served.session().run(&leave).unwrap();
    sandbox
}

#[test]
fn a_standby_says_whose_lease_it_knows_of() {
    let Some(primary) = Private::start(Engine::Postgres, "") else { return };
    let served = Served::on(Engine::Postgres, primary.url());
    let empty = Served::on(Engine::Postgres, primary.url());
    let sandbox = left(&served);
    let standby = primary.standby();
    let on_standby = |served: &Served| served.url().replace(primary.url(), standby.url());
    // Whoever holds it may be in the middle of a statement, of which a standby knows nothing.
    unlock(&sandbox, &on_standby(&served), "--status").ok().says("left behind");
    unlock(&sandbox, &on_standby(&served), "").exits(1).says("holds the lock");
    unlock(&sandbox, &on_standby(&empty), "--status").exits(3).says("standby").says("primary");
    unlock(&sandbox, &served.url(), "--status").ok().says("has ended");
}

#[test]
fn whoever_may_only_read_sees_a_lease_that_has_ended() {
    let Some(server) = Private::start(Engine::Postgres, "") else { return };
    let served = Served::on(Engine::Postgres, server.url());
    let sandbox = left(&served);
    let reader = "CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader";
    served.session().run(reader).unwrap();
    let url = served.url().replacen("postgres@", "reader@", 1);
    assert_ne!(url, served.url());
    unlock(&sandbox, &url, "--status").ok().says("left behind").says("has ended");
    unlock(&sandbox, &url, "").exits(3).says("__schema_lock");
    unlock(&sandbox, &served.url(), "").ok().says("had ended");
}

/// The holder renews its lease in the very moment in which somebody else breaks it.
fn a_holder_who_comes_back(engine: Engine) {
    let Some(served) = Served::new(engine) else { return };
    let sandbox = left(&served);
    let mut holder = served.session();
    holder.run("BEGIN").unwrap();
    // Not yet a change: the lease still looks as if nobody were there.
    holder.rows("SELECT 'x' AS line FROM __schema_lock FOR UPDATE");
    let breaking = unlock(&sandbox, &served.url(), "").spawn();
    let waits = match engine {
        Engine::Mysql => {
            "SELECT 'x' AS line FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT' \
             AND trx_query LIKE 'UPDATE __schema_lock%'"
        }
        Engine::Postgres | Engine::Sqlite => {
            "SELECT 'x' AS line FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        }
    };
    let start = Instant::now();
    while served.session().rows(waits).is_empty() {
        assert!(start.elapsed() < Duration::from_secs(30), "nobody waits for the lease");
        // InnoDB shows what it showed before to whoever asks again within a tenth of a second.
        std::thread::sleep(Duration::from_millis(250));
    }
    let future = match engine {
        Engine::Mysql => "UTC_TIMESTAMP(6) + INTERVAL 1 HOUR",
        Engine::Postgres | Engine::Sqlite => "now() + interval '1 hour'",
    };
    holder.run(&format!("UPDATE __schema_lock SET ends_at = {future}")).unwrap();
    holder.run("COMMIT").unwrap();
    let output = breaking.wait_with_output().unwrap();
    let heard = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && heard.contains("left behind"), "{heard}");
    assert!(heard.contains("holds the lock"), "{heard}");
    assert_eq!(served.session().rows("SELECT holder AS line FROM __schema_lock"), ["left behind"]);
}

#[test]
fn a_holder_who_comes_back_on_postgresql_is_not_broken() {
    a_holder_who_comes_back(Engine::Postgres);
}

#[test]
fn a_holder_who_comes_back_on_mariadb_is_not_broken() {
    a_holder_who_comes_back(Engine::Mysql);
}
