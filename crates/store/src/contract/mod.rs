//! One suite every backend passes: each function takes a fresh store and shows one promise of [`Store`].
//!
//! A backend's tests call [`store_contract!`](crate::store_contract) with a function that makes a fresh store; it becomes one test a promise.

pub mod audit;
pub mod blobs;
pub mod deliveries;
pub mod jobs;
pub mod looking;
pub mod plans;
pub mod sample;
pub mod settings;

use crate::Store;

/// Makes every promise a `#[tokio::test]`. `$fresh` is a function that gives back a store and whatever must outlive it:
/// `fn fresh() -> (Arc<dyn Store>, Guard)`.
#[macro_export]
macro_rules! store_contract {
    ($fresh:path) => {
        $crate::store_contract! { @tests $fresh;
            blobs::bytes_read_back,
            blobs::unknown_bytes_are_none,
            blobs::keeping_twice_is_harmless,
            jobs::equal_tasks_are_one_job_while_they_wait_or_run,
            jobs::a_finished_task_can_be_asked_for_again,
            jobs::a_job_is_not_claimed_before_it_is_due,
            jobs::asking_again_brings_a_waiting_job_forward,
            jobs::a_sweep_asked_for_while_it_runs_runs_once_more,
            jobs::a_job_is_claimed_once_until_its_lease_ends,
            jobs::workers_at_once_never_share_a_job,
            jobs::acting_goes_first_then_the_newest_mail,
            jobs::postponing_counts_as_an_attempt,
            jobs::an_abandoned_job_is_kept_but_not_claimed,
            jobs::a_cursor_moves_together_with_its_tasks,
            deliveries::an_arrival_reads_back,
            deliveries::the_same_copy_arrives_once,
            deliveries::copies_of_the_same_bytes_are_found,
            deliveries::received_is_half_open,
            deliveries::a_judgement_reads_back_with_all_it_rests_on,
            deliveries::the_newest_judgement_is_shown,
            deliveries::correspondence_counts_strictly_before,
            deliveries::correspondence_of_a_stranger_is_empty,
            plans::recording_gives_verdict_plan_audit_record_and_job,
            plans::recording_again_gives_the_first_plan,
            plans::a_new_version_gives_a_new_plan,
            plans::leaving_a_copy_alone_needs_no_job,
            plans::a_plan_for_another_copy_is_refused,
            plans::completing_moves_the_copy_and_is_on_record_once,
            plans::a_failed_step_ends_and_says_why,
            plans::the_first_note_of_a_place_wins,
            plans::undoing_goes_back_to_where_the_last_change_began,
            plans::a_persons_wish_is_on_record_once_while_open,
            plans::unfinished_plans_come_oldest_first,
            looking::every_filter_narrows,
            looking::pages_hold_each_delivery_once,
            looking::letters_are_compared_without_case,
            looking::hostile_words_are_only_words,
            looking::going_on_from_nowhere_is_refused,
            looking::counts_add_up,
            looking::a_series_has_equal_buckets,
            audit::records_are_numbered_and_chained,
            audit::pages_go_back_in_time,
            audit::a_sound_store_verifies,
            audit::an_unjudged_copy_that_nobody_takes_is_a_problem,
            settings::mailboxes_stay_on_record,
            settings::cursors_are_told_apart,
            settings::watches_come_and_go,
            settings::accounts_and_sign_ins,
            settings::an_ended_sign_in_is_forgotten,
            settings::small_settings,
        }
    };
    (@tests $fresh:path; $($topic:ident::$promise:ident,)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                let (store, _guard) = $fresh();
                $crate::contract::$topic::$promise(store.as_ref()).await;
            }
        )+
    };
}

/// What every promise is told with.
type Fresh<'a> = &'a dyn Store;
