//! Targets that name nothing, or several.

use super::{refused, shop};

#[test]
fn what_names_nothing_or_several() {
    let sandbox = shop();
    refused(&sandbox, "upgrade nowhere --database-url app.db", 2).says("`nowhere`");
    refused(&sandbox, "upgrade 4f1d2a9b7d03 --database-url app.db", 2).says("4f1c2a9b7d03");
    refused(&sandbox, "upgrade 4f --database-url app.db", 2).says("4f");
    refused(&sandbox, "upgrade +9 --database-url app.db", 2).says("+9");
    refused(&sandbox, "upgrade -1 --database-url app.db", 2).says("revert");
    refused(&sandbox, "upgrade --sql 1f0e:0a1b", 2).says("revert --sql 1f0e:0a1b");
    sandbox.schema("sql 1f0e:0a1b").ok().prints("DROP TABLE orders");
    refused(&sandbox, "revert +1 --database-url app.db", 2).says("upgrade");
    refused(&sandbox, "revert 9 --database-url app.db", 2);
    refused(&sandbox, "revert 4f1c --database-url app.db", 2).says("not applied");
    refused(&sandbox, "show", 2);
    refused(&sandbox, "history -r 4f1c:0a1b", 2);
}
