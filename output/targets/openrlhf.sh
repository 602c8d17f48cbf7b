# Trains on the prompts of this folder with OpenRLHF, in it: sh grpo.sh --actor.model_name_or_path MODEL …
# The student's tools are run by an agent of your own: --train.agent_func_path AGENT.py
exec python3 -m openrlhf.cli.train_ppo_ray \
  --data.prompt_dataset "$PWD/data" --data.input_key prompt --data.label_key label --data.image_key images \
  --data.apply_chat_template --data.max_len {{max_len}} \
  --algo.advantage.estimator group_norm --rollout.n_samples_per_prompt 8 \
  --reward.remote_url "$PWD/reward.py" "$@"
