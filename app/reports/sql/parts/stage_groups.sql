-- name: the group of each stage
-- counts: nothing; what the pathways say of their stages, whichever version
-- source: the pathways' definitions
stage_groups AS (
  SELECT g.pathway_key, g.stage, g.stage_group
    FROM unnest(CAST(:stage_pathways AS text[]), CAST(:stage_names AS text[]), CAST(:stage_groups AS text[]))
         AS g (pathway_key, stage, stage_group)
)
