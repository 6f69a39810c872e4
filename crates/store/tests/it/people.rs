//! People and their addresses.

use store::testing::on_both_engines;
use store::{Error, Write};

use crate::fixtures::*;

#[test]
fn people_come_back_as_they_were_written() {
    on_both_engines(|store| async move {
        let home = account(1);
        let people = vec![user(10), member(11, home.id)];
        given(&store, vec![home], people.clone()).await;
        let ids: Vec<_> = people.iter().rev().map(|user| user.id).collect();
        let found = store
            .write(move |write: &mut Write| {
                Box::pin(async move {
                    let found = write.users(&ids).await?;
                    write.commit(found, vec![], vec![]).await
                })
            })
            .await;
        assert_eq!(found, Ok::<_, Error>(people));
    });
}
