-- Accounts that were deleted: nothing of them is seen from that day on.
SELECT
    account AS account_id,
    day AS deleted_on
FROM raw
