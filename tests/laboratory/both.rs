//! Stories that are told of both databases: each once with SQLite, and once on a PostgreSQL.

use std::sync::Arc;

use crate::shared::Server;

/// Where the homes of a story have their tables; a server runs as long as a story holds this.
pub enum Tables {
    /// In the data directory of each.
    Sqlite,
    /// On one server, a database each.
    Postgres(Arc<Server>),
}

impl Tables {
    /// On a server; `None` where no PostgreSQL is installed.
    pub fn on_postgresql() -> Option<Self> {
        Server::shared().map(Self::Postgres)
    }

    /// The address of new tables, as the configuration of the home that has them names it.
    pub fn address(&self) -> String {
        match self {
            Self::Sqlite => String::new(),
            Self::Postgres(server) => server.tables(),
        }
    }
}

/// Makes two tests of each story, by the attribute named first. A story that is in no list is told of
/// nothing, and the compiler says so. Those after a semicolon are told of SQLite alone: they ask the tables
/// for little that the others do not ask, and a server takes three times as long.
macro_rules! on_both {
    (@sqlite $test:meta => $($story:ident)+) => {
        $(
            #[$test]
            async fn $story() {
                Box::pin(super::$story($crate::both::Tables::Sqlite)).await;
            }
        )+
    };
    ($test:meta => $($story:ident),+ $(; $($cheaply:ident),+)? $(,)?) => {
        mod on_sqlite {
            $crate::both::on_both! { @sqlite $test => $($story)+ $($($cheaply)+)? }
        }

        mod on_postgresql {
            $(
                #[$test]
                async fn $story() {
                    let Some(tables) = $crate::both::Tables::on_postgresql() else { return };
                    Box::pin(super::$story(tables)).await;
                }
            )+
        }
    };
}

pub(crate) use on_both;
