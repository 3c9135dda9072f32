use domain::{DataCenterId, DataCenterName};
use store::{AddOutcome, RemoveOutcome, RenameOutcome, Store};

use crate::{
    database::on_both,
    samples::{NOW, authorization, basic, by, home, oauth},
};

fn name(text: &str) -> DataCenterName {
    DataCenterName::parse(text).unwrap()
}

async fn add(store: &Store, text: &str) -> DataCenterId {
    match store.add_data_center(&name(text), by(), NOW).await.unwrap() {
        AddOutcome::Added(added) => added.id,
        AddOutcome::NameTaken => panic!("{text} is taken"),
    }
}

async fn names(store: &Store) -> Vec<String> {
    let all = store.data_centers().await.unwrap();
    all.iter().map(|one| one.name.to_string()).collect()
}

on_both! {
    async fn a_new_database_has_the_default_data_center(database) {
        let store = database.open().await;
        assert_eq!(names(&store).await, ["Default"]);
        assert!(store.data_center(home()).await.unwrap().is_some());
        let other = DataCenterId::parse("other").unwrap();
        assert_eq!(store.data_center(&other).await.unwrap(), None);
    }

    async fn lists_the_default_first_and_the_others_by_name(database) {
        let store = database.open().await;
        for text in ["zürich", "Berlin", "amsterdam"] {
            add(&store, text).await;
        }
        assert_eq!(names(&store).await, ["Default", "amsterdam", "Berlin", "zürich"]);
    }

    async fn names_in_use_are_compared_without_regard_to_case(database) {
        let store = database.open().await;
        let zurich = add(&store, "Zürich").await;
        for text in ["zÜRICH", "default"] {
            let outcome = store.add_data_center(&name(text), by(), NOW).await.unwrap();
            assert_eq!(outcome, AddOutcome::NameTaken);
        }
        let rename = async |text| store.rename_data_center(&zurich, &text, by(), NOW).await;
        assert_eq!(rename(name("DEFAULT")).await.unwrap(), RenameOutcome::NameTaken);
        assert_eq!(rename(name("ZÜRICH")).await.unwrap(), RenameOutcome::Renamed);
        assert_eq!(names(&store).await, ["Default", "ZÜRICH"]);
    }

    async fn names_that_result_in_the_same_id_get_different_ones(database) {
        let store = database.open().await;
        assert_eq!(add(&store, "Berlin 1").await.as_str(), "berlin-1");
        assert_eq!(add(&store, "Berlin/1").await.as_str(), "berlin-1-2");
        assert_eq!(add(&store, "default!").await.as_str(), "default-2");
        assert_eq!(add(&store, "東京").await.as_str(), "data-center");
    }

    async fn of_two_who_add_one_name_concurrently_one_wins(database) {
        let store = database.open().await;
        let (name, now) = (name("Berlin"), NOW);
        let (a, b) = tokio::join!(store.add_data_center(&name, by(), now), store.add_data_center(&name, by(), now));
        let outcomes = [a.unwrap(), b.unwrap()];
        let is_taken = |outcome: &&AddOutcome| **outcome == AddOutcome::NameTaken;
        assert_eq!(outcomes.iter().filter(is_taken).count(), 1);
    }

    async fn renames_and_keeps_the_settings(database) {
        let store = database.open().await;
        let id = add(&store, "Berlin").await;
        store.save_settings(&id, 0, &basic(), by(), Vec::new(), NOW).await.unwrap();
        let outcome = store.rename_data_center(&id, &name("Potsdam"), by(), NOW).await.unwrap();
        assert_eq!(outcome, RenameOutcome::Renamed);
        assert!(store.settings(&id).await.unwrap().is_some());
        let unknown = DataCenterId::parse("unknown").unwrap();
        let outcome = store.rename_data_center(&unknown, &name("X"), by(), NOW).await.unwrap();
        assert_eq!(outcome, RenameOutcome::Unknown);
    }

    async fn removes_only_what_is_not_used(database) {
        let store = database.open().await;
        let used = add(&store, "Used").await;
        store.save_settings(&used, 0, &oauth("zoe"), by(), Vec::new(), NOW).await.unwrap();
        let unused = add(&store, "Unused").await;
        let mut begun = authorization(1);
        begun.data_center = unused.clone();
        store.begin_authorization(&begun, by()).await.unwrap();
        store.save_draft("browser", &unused, &domain::SmtpForm::default(), NOW).await.unwrap();

        let remove = |id| store.remove_data_center(id, by(), NOW);
        assert_eq!(remove(&used).await.unwrap(), RemoveOutcome::InUse);
        assert_eq!(remove(home()).await.unwrap(), RemoveOutcome::IsDefault);
        assert_eq!(remove(&unused).await.unwrap(), RemoveOutcome::Removed);
        assert_eq!(remove(&unused).await.unwrap(), RemoveOutcome::Unknown);
        assert_eq!(names(&store).await, ["Default", "Used"]);
        assert_eq!(store.authorization(&begun.id).await.unwrap(), None);
    }
}
