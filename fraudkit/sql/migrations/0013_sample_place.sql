-- Where a drawn transaction stands in the queue: at the score of an alert that the same ranking raised, so that
-- it is worked among the others and not at the end of the list.
ALTER TABLE sample_member ADD COLUMN stands_at DOUBLE;
