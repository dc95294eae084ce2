//! One PostgreSQL for all tests of a program that need one at the same time.

use std::{
    sync::{
        Arc, Mutex, Once, Weak,
        atomic::{AtomicU32, Ordering},
        mpsc::{self, Sender},
    },
    thread::JoinHandle,
};

use godwit::store::Store;
use tokio::runtime::Runtime;

use crate::cluster::Cluster;

/// The server that is running, as long as a test needs it.
static RUNNING: Mutex<Weak<Server>> = Mutex::new(Weak::new());
static COUNT: AtomicU32 = AtomicU32::new(0);
/// Has the tables of a daemon; copies have them, too.
const TEMPLATE: &str = "template_of_all";

fn name() -> String {
    format!("stage_{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A running server. It is a child of the thread that started it, so that one outlives all tests.
pub struct Server {
    cluster: Arc<Cluster>,
    template: Once,
    end: Option<Sender<()>>,
    keeper: Option<JoinHandle<()>>,
}

impl Server {
    /// The running one, or a new one; `None` where no PostgreSQL is installed.
    pub fn shared() -> Option<Arc<Self>> {
        let mut running = RUNNING.lock().unwrap();
        if let Some(server) = running.upgrade() {
            return Some(server);
        }
        let (started, cluster) = mpsc::channel();
        let (end, ended) = mpsc::channel();
        let keeper = std::thread::spawn(move || {
            let cluster = Cluster::start_or_skip().map(Arc::new);
            started.send(cluster.clone()).unwrap();
            // An error is the end, too.
            let _told_to_end = ended.recv();
        });
        // Whoever must have one fell over in there, and nothing came.
        let cluster = cluster.recv().unwrap()?;
        let server = Arc::new(Self { cluster, template: Once::new(), end: Some(end), keeper: Some(keeper) });
        *running = Arc::downgrade(&server);
        Some(server)
    }

    /// Makes an empty database of its own for a test, and gives its address.
    pub fn database(&self) -> String {
        self.cluster.create(&name())
    }

    /// The same with the tables of a daemon in it: a copy, because making them anew takes longer than
    /// many a test.
    pub fn tables(&self) -> String {
        self.template.call_once(|| {
            let url = self.cluster.create(TEMPLATE);
            // It ends with all its connections: a database in use is not copied.
            let made = std::thread::spawn(move || {
                let dir = tempfile::tempdir().unwrap();
                let runtime = Runtime::new().unwrap();
                drop(runtime.block_on(Store::open_at(dir.path(), &url)).unwrap());
            });
            made.join().unwrap();
        });
        self.cluster.copy(TEMPLATE, &name())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(keeper) = self.keeper.take() {
            drop(keeper.join());
        }
    }
}
