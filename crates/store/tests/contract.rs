//! SQLite keeps every promise of the contract.

use std::sync::Arc;

use store::Store;
use tempfile::TempDir;

fn fresh() -> (Arc<dyn Store>, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    (store::open_sqlite(folder.path()).expect("a store"), folder)
}

store::store_contract!(fresh);
