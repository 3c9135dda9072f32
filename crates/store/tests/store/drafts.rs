use domain::{SmtpForm, TypedSecret};

use crate::{
    database::on_both,
    samples::{NOW, PLANTED, home},
};

fn form(username: &str) -> SmtpForm {
    SmtpForm {
        username: username.into(),
        password: TypedSecret::new(format!("{PLANTED}-password")),
        client_secret: TypedSecret::new(format!("{PLANTED}-client")),
        mailbox_password: TypedSecret::new(format!("{PLANTED}-mailbox")),
        ..SmtpForm::default()
    }
}

on_both! {
    async fn a_draft_is_kept_without_secrets_and_replaced_each_time(database) {
        let store = database.open().await;
        for username in ["first", "second"] {
            store.save_draft("browser", home(), &form(username), NOW).await.unwrap();
        }
        let draft = store.draft("browser", home()).await.unwrap().unwrap();
        assert_eq!(draft, form("second").without_secrets());
        let kept = database.text("SELECT form FROM drafts").await.unwrap();
        assert!(!kept.contains(PLANTED), "{kept}");
    }

    async fn a_draft_belongs_to_one_browser_until_it_is_dropped(database) {
        let store = database.open().await;
        store.save_draft("browser", home(), &form("zoe"), NOW).await.unwrap();
        assert_eq!(store.draft("other", home()).await.unwrap(), None);
        store.delete_draft("other", home()).await.unwrap();
        assert!(store.draft("browser", home()).await.unwrap().is_some());
        store.delete_draft("browser", home()).await.unwrap();
        assert_eq!(store.draft("browser", home()).await.unwrap(), None);
    }

    async fn forgets_old_drafts(database) {
        let store = database.open().await;
        store.save_draft("old", home(), &form("old"), NOW).await.unwrap();
        store.save_draft("new", home(), &form("new"), NOW.plus(1)).await.unwrap();
        store.prune_drafts(NOW.plus(1)).await.unwrap();
        assert_eq!(store.draft("old", home()).await.unwrap(), None);
        assert!(store.draft("new", home()).await.unwrap().is_some());
    }
}
